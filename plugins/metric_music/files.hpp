// Writing what is made of a sample.
#pragma once

#include <cerrno>
#include <cstring>
#include <etude/error.hpp>
#include <filesystem>
#include <fstream>
#include <string_view>

namespace metric_music {

/// @return the file
/// @throws etude::Error with the system's reason if it cannot be written
inline std::filesystem::path write_file(const std::filesystem::path& file, std::string_view bytes) {
  errno = 0;
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out)
    throw etude::Error(etude::text("cannot write ", file.string(), ": ", errno == 0 ? "unknown reason" : std::strerror(errno)),
                       "see to it that there is room, and that the run's folder can be written to; then start again");
  return file;
}

}  // namespace metric_music
