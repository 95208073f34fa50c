#include <algorithm>
#include <base/system.hpp>
#include <cstdlib>
#include <host/catalogue.hpp>
#include <sstream>

namespace etude {
namespace {

std::filesystem::path normal(const std::filesystem::path& path) {
  std::error_code failed;
  const auto canonical = std::filesystem::weakly_canonical(std::filesystem::absolute(path), failed);
  return failed ? std::filesystem::absolute(path).lexically_normal() : canonical;
}

}  // namespace

std::vector<PluginDirectory> plugin_search_path(const std::vector<std::filesystem::path>& from_command_line,
                                                const std::vector<PluginDirectory>& from_experiment) {
  std::vector<PluginDirectory> directories;
  const auto add = [&](const std::filesystem::path& path, const std::string& asked_by) {
    const auto whole = normal(path);
    const bool known = std::any_of(directories.begin(), directories.end(), [&](const auto& each) { return each.path == whole; });
    if (!known) directories.push_back({whole, asked_by});
  };
  for (const auto& path : from_command_line) add(path, "--plugin-dir");
  if (const char* variable = std::getenv("ETUDE_PLUGIN_PATH")) {
    std::istringstream paths(variable);
    // An empty element, which a shell's PATH takes for the working directory, is nothing here.
    for (std::string path; std::getline(paths, path, ':');)
      if (!path.empty()) add(path, "ETUDE_PLUGIN_PATH");
  }
  for (const auto& directory : from_experiment) add(directory.path, directory.asked_by);
  add(program_path().parent_path().parent_path() / "lib" / "etude" / "plugins", "installed");
  return directories;
}

}  // namespace etude
