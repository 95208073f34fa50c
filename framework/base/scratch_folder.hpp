// A folder for files that nobody needs afterwards.
#pragma once

#include <filesystem>

namespace etude {

/// An empty folder, gone with this object.
class ScratchFolder {
 public:
  /// @param parent  whose disk the results may be renamed on
  /// @throws Error if no folder can be made there
  explicit ScratchFolder(const std::filesystem::path& parent);
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
};

}  // namespace etude
