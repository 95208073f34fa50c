// The entries of a .tar, .tar.gz, .tgz, .tar.xz, .txz or .zip, one after another.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct archive;
struct archive_entry;

namespace dataset_music {

/// The name without the ending of an archive ("music" of music.tar.gz); nothing if it is no such name.
std::optional<std::string> archive_stem(const std::filesystem::path& file);

struct ArchiveEntry {
  enum class Kind { file, hard_link, symbolic_link } kind = Kind::file;
  std::string name;    ///< as inside_name() gives it
  std::string target;  ///< of a hard link: a name as well; of a symbolic link: as it stands
};

/// The entry's path as a name inside the archive: "/a//./b.mid" is "a/b.mid". Nothing where it leads out of the archive ("..") or
/// nowhere.
std::optional<std::string> inside_name(std::string_view path);

/// Reads an archive from its beginning to its end. One thread.
/// Every function throws Error, naming the archive, where it is cut short or damaged, or where far more comes out of it than an
/// archive of music holds: 100 times its size and 256 MB.
class ArchiveReader {
 public:
  explicit ArchiveReader(const std::filesystem::path& file);

  /// Files and links; what is neither (folders, devices) is passed over. False at the end.
  bool next(ArchiveEntry& entry);
  /// The next piece of the entry's content, in the reader's own memory until its next call; empty at its end.
  /// @throws Error if the entry is encrypted
  std::string_view read();

  std::int64_t entries_left_out() const { return left_out_; }  ///< since their names lead out of the archive
  double share_read() const;                                   ///< of the archive's bytes, 0..1

 private:
  void require(int status, const char* what);
  void require_bounded() const;
  std::string_view read_piece();
  void pass_over_rest();

  std::filesystem::path file_;
  std::uint64_t size_ = 0, read_ = 0;
  std::int64_t left_out_ = 0;
  std::unique_ptr<archive, void (*)(archive*)> archive_;
  archive_entry* entry_ = nullptr;
  std::string piece_;
};

}  // namespace dataset_music
