// Writing what is made of a sample.
#pragma once

#include <etude/error.hpp>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace metric_music {

/// @return the file
/// @throws etude::Error if it cannot be written
inline std::filesystem::path write_file(const std::filesystem::path& file, std::string_view bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) throw etude::Error("cannot write " + file.string(), "is the disk full?");
  return file;
}

}  // namespace metric_music
