// Files that are whole or not there, and their digests.
#pragma once

#include <etude/error.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace etude {

/// @throws Error naming the file and the system's reason
std::string read_file(const std::filesystem::path& file);

/// Replaces `file`: writes beside it, syncs, renames. After a kill or a full disk the old file stands, whole.
void write_file(const std::filesystem::path& file, std::string_view content);

/// As write_file(), for writers that need a path: `write` fills the file it is given. That file is removed if it throws.
void replace_file(const std::filesystem::path& file, const std::function<void(const std::filesystem::path&)>& write);

/// Makes renames and new files in the directory survive a power cut.
void sync_directory(const std::filesystem::path& directory);

/// Lower-case hexadecimal SHA-256.
std::string sha256(std::string_view bytes);
std::string sha256_of_file(const std::filesystem::path& file);

/// SHA-256 of what is added piece by piece.
class Digest {
 public:
  Digest();
  ~Digest();
  Digest(const Digest&) = delete;
  Digest& operator=(const Digest&) = delete;
  void add(std::string_view bytes);
  std::string hexadecimal();  ///< ends the digest

 private:
  void* context_;
};

/// An exclusive lock on a directory, held while it lives (flock on `.lock` in it), so that two processes don't prepare the same
/// thing. Waits for the other, telling the user once with `waiting`.
class DirectoryLock {
 public:
  DirectoryLock(const std::filesystem::path& directory, const std::string& waiting);
  ~DirectoryLock();
  DirectoryLock(const DirectoryLock&) = delete;
  DirectoryLock& operator=(const DirectoryLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace etude
