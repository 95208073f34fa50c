// The comparison of a plugin's plain C entry with this program's own, before any C++ call.
#pragma once

#include <etude/plugin.hpp>
#include <filesystem>

namespace etude {

/// The entry of this program, to compare with.
EtudePluginEntry own_entry();

/// Reads the entry at `opaque`, whose first member says how much of it there is: what an older SDK did not know stays zero.
/// @throws Error if the entry cannot be used here: another API version, or anything else that was built differently, as a table.
EtudePluginEntry accept_entry(const void* opaque);

/// "rebuild it against the SDK in <prefix>: cmake ...", with the prefix of this program.
std::string rebuild_remedy();

}  // namespace etude
