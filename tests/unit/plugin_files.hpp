// Where the built plugins are, good and bad, and folders to copy them to.
#pragma once

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace etude::test {

/// tests/fixtures/bad_plugins/<fault>.cpp, built.
inline std::filesystem::path bad_plugin(const std::string& fault) {
  return std::filesystem::path(std::getenv("ETUDE_BUILD")) / "tests/fixtures/bad_plugins" / fault / ("lib" + fault + ".so");
}

inline std::filesystem::path good_plugin() {
  return std::filesystem::path(std::getenv("ETUDE_PLUGINS")) / "libtokenizer_byte.so";
}

/// An empty folder of its own, removed at the end.
class Folder {
 public:
  Folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "etude-test-XXXXXX").string();
    path_ = std::filesystem::canonical(mkdtemp(pattern.data()));
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path write(const std::string& name, const std::string& content) const {
    std::ofstream(path_ / name, std::ios::binary) << content;
    return path_ / name;
  }
  std::filesystem::path copy(const std::filesystem::path& file) const {
    std::filesystem::copy_file(file, path_ / file.filename());
    return path_ / file.filename();
  }

 private:
  std::filesystem::path path_;
};

inline std::string bytes_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

}  // namespace etude::test
