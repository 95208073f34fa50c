// What `etude compare --watch` does until the study ends.
#pragma once

#include <filesystem>
#include <vector>

namespace etude {

/// Shows how the runs go on: on a terminal a table that is drawn again and again, elsewhere a line for each thing that happens.
/// All of it on standard error.
/// @return false if the user interrupted it
bool watch_runs(const std::vector<std::filesystem::path>& paths);

}  // namespace etude
