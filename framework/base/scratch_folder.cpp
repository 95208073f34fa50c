#include <stdlib.h>

#include <base/files.hpp>
#include <base/scratch_folder.hpp>
#include <cerrno>

namespace etude {

ScratchFolder::ScratchFolder(const std::filesystem::path& parent) {
  std::string pattern = (parent / ".scratch-XXXXXX").string();
  if (!mkdtemp(pattern.data())) throw file_error("cannot make a folder in", parent, errno);
  folder_ = pattern;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace etude
