// What may stand somewhere, for messages about what may not.
#pragma once

#include <etude/value.hpp>
#include <string>
#include <vector>

namespace etude {

/// "did you mean n_head?", or all of `known` where none is near `word`.
std::string nearest_or_all(const std::string& word, const std::vector<std::string>& known);

/// Adds a problem for every key of `table` that is none of `known`.
/// @param path  of the table; empty for that of the sections
void check_keys(const Table& table, const std::vector<std::string>& known, const std::string& path,
                std::vector<Problem>& problems);

}  // namespace etude
