// TOML text into tables whose keys and values know where they stand.
#pragma once

#include <etude/value.hpp>
#include <filesystem>
#include <string_view>

namespace etude {

/// Keys in the order of the file, every key and value with its line and column in `source`.
/// @param source  how messages name the text, usually the file's path
/// @throws Error (usage) "source:line:column: ..." for the first syntax error, and for dates, which no option takes
Table parse_toml(std::string_view text, const std::string& source);

/// parse_toml() of a file.
/// @throws Error also if it cannot be read
Table read_toml(const std::filesystem::path& file);

}  // namespace etude
