// Large files written once, front to back, with their digest.
#pragma once

#include <base/files.hpp>
#include <cstdint>

namespace etude {

/// What a finished file must be, to be told from a damaged one.
struct FileSummary {
  std::string name;  ///< within its folder
  std::int64_t bytes = 0;
  std::string sha256;
};

/// Every failure (a full disk, say) is an Error that names the file.
class OutputFile {
 public:
  /// Creates or empties `file`.
  explicit OutputFile(std::filesystem::path file);
  void write(std::string_view bytes);
  std::int64_t bytes() const { return bytes_; }
  /// Writes out what is left and syncs.
  FileSummary close();

 private:
  void flush();

  std::filesystem::path file_;
  FileDescriptor descriptor_;
  Digest digest_;
  std::string buffer_;
  std::int64_t bytes_ = 0;
};

}  // namespace etude
