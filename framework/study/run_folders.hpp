// How runs lie in folders.
#pragma once

#include <filesystem>
#include <vector>

namespace etude {

/// True if the folder holds a journal or a snapshot.
bool is_run(const std::filesystem::path& directory);

/// By name. A folder that cannot be read, or vanishes meanwhile, has none.
std::vector<std::filesystem::path> folders_in(const std::filesystem::path& directory);

}  // namespace etude
