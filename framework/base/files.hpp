// Files that are whole or not there, and their digests.
#pragma once

#include <etude/error.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace etude {

/// @throws Error naming the file and the system's reason
std::string read_file(const std::filesystem::path& file);

/// Replaces `file`: writes beside it, syncs, renames. After a kill or a full disk the old file stands, whole.
/// @throws Error naming the file and the system's reason
void write_file(const std::filesystem::path& file, std::string_view content);

/// As write_file(), for writers that need a path: `write` fills the file it is given. That file is removed if it throws.
void replace_file(const std::filesystem::path& file, const std::function<void(const std::filesystem::path&)>& write);

/// Removes what killed processes left half-written in `directory`: the files that replace_file() had not yet renamed.
void remove_partial_files(const std::filesystem::path& directory);

/// Makes renames and new files in the directory survive a power cut.
void sync_directory(const std::filesystem::path& directory);

/// "cannot write FILE: No space left on device", with a remedy where there is an obvious one.
/// @param what  "cannot write"
/// @param code  an errno
Error file_error(const std::string& what, const std::filesystem::path& file, int code);

/// A file descriptor that closes itself.
class FileDescriptor {
 public:
  explicit FileDescriptor(int descriptor = -1) : descriptor_(descriptor) {}
  ~FileDescriptor();
  FileDescriptor(FileDescriptor&& other) noexcept;
  FileDescriptor& operator=(FileDescriptor&& other) noexcept;
  int get() const { return descriptor_; }
  /// Writes all of `bytes`. @throws Error naming `file`
  void write(std::string_view bytes, const std::filesystem::path& file) const;
  /// fsync and close, where a full disk may show only now. @throws Error naming `file`
  void sync_and_close(const std::filesystem::path& file);

 private:
  int descriptor_;
};

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
/// thing. The constructor waits for the other, telling the user once with `waiting`.
class DirectoryLock {
 public:
  /// @throws Error if the lock file cannot be opened, or the user interrupts the waiting
  DirectoryLock(const std::filesystem::path& directory, const std::string& waiting);
  /// Nothing if another process holds the lock.
  static std::unique_ptr<DirectoryLock> try_lock(const std::filesystem::path& directory);
  /// True while another process (or another lock of this one) holds it. Needs no right to write.
  static bool held(const std::filesystem::path& directory);

 private:
  explicit DirectoryLock(const std::filesystem::path& directory);
  bool acquire();
  std::filesystem::path file_;
  FileDescriptor descriptor_;
};

}  // namespace etude
