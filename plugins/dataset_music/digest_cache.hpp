// SHA-256 of the sources, remembered: a corpus that is opened again costs a stat a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sources.hpp"

namespace dataset_music {

/// The digests of one list of sources, kept in a file that is replaced as a whole. A digest is remembered with the file's stamp
/// (size, times to the nanosecond, inode) and counts only while all of it is the same. A damaged file of digests is made anew;
/// of processes that write it at once, the last one wins.
class DigestCache {
 public:
  /// Before the sources are read, and after their stamps were taken.
  /// @param cache_directory  where the file is or comes; its name is a digest of `roots`
  DigestCache(const std::filesystem::path& cache_directory, const std::vector<std::filesystem::path>& roots);

  /// Fills in the digests that are remembered.
  void find(std::vector<SourceFile>& sources) const;

  /// Remembers those that are known. Files that had changed within the last moment before they were read are left out: they may
  /// have changed again behind the reader without their times showing it.
  /// @throws Error if the file cannot be written
  void save(const std::vector<SourceFile>& sources) const;

 private:
  std::filesystem::path cache_directory_, file_;
  std::int64_t read_from_;  ///< system clock, nanoseconds
};

}  // namespace dataset_music
