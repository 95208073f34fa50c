// Files read where they lie.
#pragma once

#include <base/files.hpp>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace etude {

/// A file of records of one kind, mapped read-only: in native (little-endian) order, nothing between them.
template <class Record>
class MappedRecords {
 public:
  MappedRecords() = default;
  /// @throws Error if the file cannot be read or does not hold a whole number
  /// of records
  explicit MappedRecords(const std::filesystem::path& file);
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  const Record& operator[](std::size_t number) const { return static_cast<const Record*>(mapping_.get())[number]; }
  std::span<const Record> all() const { return {static_cast<const Record*>(mapping_.get()), size_}; }

 private:
  std::shared_ptr<const void> mapping_;
  std::size_t size_ = 0;
};

/// A mapped file and its bytes; of an empty file, nothing.
struct Mapping {
  std::shared_ptr<const void> address;
  std::size_t bytes = 0;
};
/// @throws Error naming the file and the system's reason
Mapping map_file(const std::filesystem::path& file);

/// Any part of a file, by any number of threads at once. Unlike a mapping it does not count as the process' memory.
class RandomAccessFile {
 public:
  /// @throws Error naming the file and the system's reason
  explicit RandomAccessFile(std::filesystem::path file);
  /// Fills `out` from byte `begin` on. @throws Error if the file ends before
  void read(std::int64_t begin, std::span<char> out) const;

 private:
  std::filesystem::path file_;
  FileDescriptor descriptor_;
};

template <class Record>
MappedRecords<Record>::MappedRecords(const std::filesystem::path& file) {
  Mapping mapping = map_file(file);
  if (mapping.bytes % sizeof(Record) != 0)
    throw Error(text(file.string(), " has ", mapping.bytes, " bytes, no multiple of ", sizeof(Record)),
                "remove the folder it lies in; the next run makes it again");
  size_ = mapping.bytes / sizeof(Record);
  mapping_ = std::move(mapping.address);
}

}  // namespace etude
