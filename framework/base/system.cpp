#include <sched.h>
#include <sys/resource.h>
#include <sys/utsname.h>

#include <algorithm>
#include <base/system.hpp>
#include <cmath>
#include <fstream>
#include <thread>

namespace etude {
namespace {

/// What follows "<key> :" or "<key>:" in a file of such lines, or nothing.
std::string field_of(const char* file, const std::string& key) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const auto colon = line.find(':');
    if (colon == std::string::npos) continue;
    const auto start = line.find_first_not_of(" \t", colon + 1);
    return start == std::string::npos ? "" : line.substr(start);
  }
  return "";
}

/// Processors that the container's quota amounts to, rounded up; 0 where there is none.
int quota() {
  std::ifstream in("/sys/fs/cgroup/cpu.max");
  double allowed = 0, period = 0;
  if (!(in >> allowed >> period) || period <= 0) return 0;  // "max 100000" has no number in front
  return static_cast<int>(std::ceil(allowed / period));
}

}  // namespace

std::int64_t peak_memory() {
  const std::string kilobytes = field_of("/proc/self/status", "VmHWM");
  if (!kilobytes.empty()) return std::stoll(kilobytes) * 1024;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::int64_t>(usage.ru_maxrss) * 1024;
}

void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << "5"; }

std::string cpu_model() {
  const std::string model = field_of("/proc/cpuinfo", "model name");
  if (!model.empty()) return model;
  utsname names{};
  uname(&names);
  return names.machine;
}

int cpu_count() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  int count = static_cast<int>(std::thread::hardware_concurrency());
  if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) count = CPU_COUNT(&allowed);
  if (const int limit = quota()) count = std::min(count, limit);
  return std::max(count, 1);
}

std::filesystem::path program_path() { return std::filesystem::read_symlink("/proc/self/exe"); }

}  // namespace etude
