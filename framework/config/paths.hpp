// What a path in an experiment is relative to.
#pragma once

#include <etude/options.hpp>
#include <filesystem>

namespace etude {

/// The absolute path that the string `value` means: relative to the file in which it stands, else (--set) to the working
/// directory.
std::filesystem::path resolved_path(const Value& value);

/// Makes every given value of a path option ("path", "array of paths", ...) in `values` absolute. Empty strings stay empty.
void resolve_paths(Table& values, const OptionTable& options);

}  // namespace etude
