// HDF5's C API as a few classes that close what they open and turn its error stack into etude::Error.
//
// Files are made and read as images in memory: what reaches the disk goes through base/files.hpp, which knows about full disks
// and unfinished writes, and HDF5's own file locks, which some file systems refuse, never come into play.
#pragma once

#include <hdf5.h>

#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <vector>

namespace etude::hdf5 {

/// An HDF5 identifier that closes itself.
class Handle {
 public:
  using Close = herr_t (*)(hid_t);
  /// @param what  what was being done, for the message: "create dataset loss"
  /// @throws Error with HDF5's own words if `id` is negative
  Handle(hid_t id, Close close, const std::string& what);
  ~Handle();
  Handle(Handle&& other) noexcept;
  Handle& operator=(Handle&&) = delete;
  hid_t get() const { return id_; }

 private:
  hid_t id_;
  Close close_;
};

/// A link name made of any text: '/' would start a group and "." is the group itself, so they are written as %2F and %2E.
std::string link_name(const std::string& text);
std::string text_of_link(const std::string& name);

/// A group of a file. Texts are variable-length UTF-8; a NUL in them, which would end them, becomes U+2400.
class Group {
 public:
  explicit Group(Handle handle) : handle_(std::move(handle)) {}

  Group create_group(const std::string& name);
  void write(const std::string& name, double value);
  void write(const std::string& name, const std::string& value);
  void write(const std::string& name, std::span<const double> column);
  void write(const std::string& name, std::span<const std::int64_t> column);
  void write(const std::string& name, std::span<const std::string> column);
  void set_attribute(const std::string& name, std::int64_t value);
  void set_attribute(const std::string& name, const std::string& value);
  /// @param file  relative to the folder of the file that holds the link
  void link_external(const std::string& name, const std::string& file, const std::string& object);

  bool contains(const std::string& name) const;
  bool has_attribute(const std::string& name) const;
  /// Names of the members, in alphabetical order.
  std::vector<std::string> names() const;
  Group group(const std::string& name) const;
  /// True of a dataset of texts, false of one of numbers.
  bool holds_texts(const std::string& name) const;
  double read_double(const std::string& name) const;
  std::string read_text(const std::string& name) const;
  std::vector<double> read_doubles(const std::string& name) const;
  std::vector<std::int64_t> read_integers(const std::string& name) const;
  std::vector<std::string> read_texts(const std::string& name) const;
  std::int64_t integer_attribute(const std::string& name) const;
  std::string text_attribute(const std::string& name) const;

 private:
  Handle handle_;
};

/// A file in memory. The library is not thread-safe as distributions build it: one File at a time lives in the process, others
/// wait.
class File {
 public:
  /// An empty file.
  File();
  /// The file whose bytes are `image`, to be read.
  explicit File(const std::string& image);
  Group root();
  /// The bytes of the file as if it had been closed.
  std::string image();

 private:
  static std::unique_lock<std::mutex> lock_library();
  std::unique_lock<std::mutex> library_;
  Handle file_;
};

}  // namespace etude::hdf5
