// `--set a.b=value` on the command line.
#pragma once

#include <etude/value.hpp>
#include <string>
#include <vector>

namespace etude {

/// The table that one or more `--set` texts mean; where two set the same key, the later wins. The right side is a TOML value; a
/// bare word that is none is a string, so that paths and names need no quotes. Origins are "--set a.b=value".
/// @throws Error (usage) if a text has no '=', a malformed key, or a malformed quoted string, array or table
Table parse_overrides(const std::vector<std::string>& overrides);

}  // namespace etude
