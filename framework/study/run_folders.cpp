#include <algorithm>
#include <record/journal.hpp>
#include <record/snapshot.hpp>
#include <study/run_folders.hpp>

namespace etude {

namespace fs = std::filesystem;

bool is_run(const fs::path& directory) {
  std::error_code unreadable;
  return fs::exists(directory / journal_name, unreadable) || fs::exists(directory / snapshot_name, unreadable);
}

std::string folder_name(const fs::path& directory) {
  return fs::absolute(directory / ".").lexically_normal().parent_path().filename().string();
}

std::vector<fs::path> folders_in(const fs::path& directory) {
  std::vector<fs::path> folders;
  std::error_code gone;
  for (fs::directory_iterator item(directory, gone), end; !gone && item != end; item.increment(gone)) {
    std::error_code unreadable;
    if (item->is_directory(unreadable)) folders.push_back(item->path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

}  // namespace etude
