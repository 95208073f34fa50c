// Folders for work under way, which go with the process that made them, however it ends.
#pragma once

#include <filesystem>
#include <string>

namespace dataset_music {

/// An empty folder `<parent>/work.<unique>`, removed by the destructor. It is locked as long as its process lives, also against
/// processes of another container, so that what a killed process left can be told from what is in use.
class Scratch {
 public:
  /// @throws Error if the folder cannot be made
  explicit Scratch(const std::filesystem::path& parent);
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  const std::filesystem::path& folder() const { return folder_; }

  /// Removes what killed processes left in `parent`.
  static void remove_abandoned(const std::filesystem::path& parent);

 private:
  std::filesystem::path folder_;
  int lock_ = -1;
};

/// Writes `content` to `beside` (on the same disk), which then takes the name `file`: there as a whole or not at all, and its
/// folder is made if need be. @throws Error naming the file
void replace_file(const std::filesystem::path& file, const std::filesystem::path& beside, std::string_view content);

/// @throws Error naming the file
void write_file(const std::filesystem::path& file, std::string_view content);

}  // namespace dataset_music
