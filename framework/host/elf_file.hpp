// What a library file says about itself, read without running any of it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace etude {

/// The dynamic symbols of a library. `known` is false if the file has no table of them (no section headers): then nothing can be
/// said.
struct DynamicSymbols {
  bool known = false;
  std::vector<std::string> defined;
  std::vector<std::string> undefined;
};

/// Checks that `file` is a whole shared library for this machine, and lists its dynamic symbols.
/// The loader does not check this: opening a truncated library kills the process.
/// @throws Error whose message continues "cannot load plugin FILE: "
DynamicSymbols read_dynamic_symbols(const std::filesystem::path& file);

}  // namespace etude
