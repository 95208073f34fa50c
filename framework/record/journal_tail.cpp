#include <algorithm>
#include <base/files.hpp>
#include <cerrno>
#include <fstream>
#include <record/events.hpp>
#include <record/journal.hpp>
#include <record/journal_tail.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// The last `bytes` of the file, or all of it.
std::string last_bytes(const fs::path& file, std::uintmax_t bytes) {
  std::ifstream in(file, std::ios::binary | std::ios::ate);
  const auto size = in ? static_cast<std::uintmax_t>(in.tellg()) : 0;
  std::string content(static_cast<std::size_t>(std::min(size, bytes)), '\0');
  in.seekg(static_cast<std::streamoff>(size - content.size()));
  if (!in.read(content.data(), static_cast<std::streamsize>(content.size()))) throw file_error("cannot read", file, errno);
  return content;
}

/// The last line that has its end. Where it is longer than what was read, its beginning is missing.
std::string last_line(std::string content) {
  content.resize(content.rfind('\n') + 1);
  if (content.empty()) return content;
  const auto before = content.rfind('\n', content.size() - 2);
  return before == std::string::npos ? content : content.substr(before + 1);
}

}  // namespace

std::string last_state(const fs::path& run_directory) {
  const fs::path file = run_directory / journal_name;
  if (!fs::exists(file)) return "";
  // A run ends with its state, on a short line but for a reason that somebody wrote at length.
  const std::string line = last_line(last_bytes(file, std::uintmax_t{1} << 16));
  RunData data;
  if (line.starts_with(R"({"event":"state")")) apply_event(line, file.string() + ": last line", data);
  if (!data.state.empty() && data.state != "running") return data.state;
  // Anything else is a run that goes on, or one that was killed.
  return DirectoryLock::held(run_directory) ? "running" : "interrupted";
}

}  // namespace etude
