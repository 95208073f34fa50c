// Which sources this program was built from.
#pragma once

#include <string>

namespace etude {

/// The git commit at build time, or "unknown" where the sources were not in a git checkout.
std::string source_commit();
/// True if tracked files differed from that commit.
bool source_dirty();

}  // namespace etude
