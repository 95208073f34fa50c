// Which runs a comparison is of.
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace etude {

struct RunsToCompare {
  std::vector<std::filesystem::path> runs;  ///< each once, in the order of the paths
  std::size_t left_out = 0;                 ///< runs of a study that were only tried to choose a point
  std::set<std::string> chosen;             ///< the axes of those choices: each run has the point that was chosen for it
};

/// The runs that the paths mean (find_runs()). Of a study that chooses points of an axis those that count, unless `all` are
/// wanted or the path is the run itself.
/// @throws Error (usage) as find_runs()
RunsToCompare runs_to_compare(const std::vector<std::string>& paths, bool all);

}  // namespace etude
