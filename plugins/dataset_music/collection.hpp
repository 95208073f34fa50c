// The source files of a dataset and their contents' digests.
#pragma once

#include <etude/dataset.hpp>
#include <functional>
#include <string>
#include <vector>

#include "digest_cache.hpp"
#include "sources.hpp"

namespace dataset_music {

/// Lists its files when it is made. Reading is for any number of threads, look_at_all() for one, before them.
class Collection {
 public:
  /// @throws Error as list_sources() does
  Collection(const etude::Paths& paths, const std::vector<Format>& formats, const etude::DatasetContext& context);

  const std::vector<SourceFile>& files() const { return files_; }
  std::int64_t count(Format format) const;
  /// The file with this id, or null.
  const SourceFile* find(const std::string& id) const;

  /// Makes every file's digest known, from the cache where the file has not changed.
  /// @param done  called from this thread after each file that had to be read, with the number of files known so far
  void look_at_all(const std::function<void(std::size_t done)>& done);

  /// Of ids and contents, once all were looked at. What cannot be read counts with the system's reason.
  std::string fingerprint() const;

  /// The file's bytes. @throws std::system_error if they cannot be read, Error if they are not what was listed
  static std::string read(const SourceFile& file);

 private:
  void save_digests() const;

  etude::DatasetContext context_;
  std::vector<SourceFile> files_;
  std::vector<std::size_t> by_id_;       ///< indices of files_, sorted by id
  std::vector<std::string> unreadable_;  ///< why; in the order of files_, empty where it is not known or could be read
  DigestCache cache_;
};

}  // namespace dataset_music
