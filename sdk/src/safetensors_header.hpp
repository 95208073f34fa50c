// The header of a safetensors file: a JSON object, of which this reads and writes just what the format allows.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace etude::safetensors {

struct TensorEntry {
  std::string name;
  std::string dtype;  ///< "F32", "BF16", ...
  std::vector<std::int64_t> shape;
  std::uint64_t begin = 0, end = 0;  ///< bytes after the header
};

struct Header {
  std::vector<TensorEntry> tensors;
  std::map<std::string, std::string> metadata;
};

/// JSON, padded with spaces so that the data behind it is aligned to 8 bytes.
std::string write_header(const Header& header);

/// @throws std::runtime_error saying at which byte what was expected
Header read_header(std::string_view json);

}  // namespace etude::safetensors
