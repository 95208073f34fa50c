// How runs lie in folders.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace etude {

/// True if the folder holds a journal or a snapshot.
bool is_run(const std::filesystem::path& directory);

/// The name that a directory has where it lies, however its path is written ("runs/a/", "."): of a run its id.
std::string folder_name(const std::filesystem::path& directory);

/// By name. A folder that cannot be read, or vanishes meanwhile, has none.
std::vector<std::filesystem::path> folders_in(const std::filesystem::path& directory);

}  // namespace etude
