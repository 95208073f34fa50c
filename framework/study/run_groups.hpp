// Which runs belong together: by an axis, by a key of the experiment, or by all but their seeds.
#pragma once

#include <map>
#include <set>
#include <string>
#include <study/comparison.hpp>
#include <vector>

namespace etude {

/// What runs may be grouped by, beside their axes and the keys of their experiments.
inline constexpr const char* by_configuration = "configuration";  ///< all but the seeds
inline constexpr const char* by_study = "study";
inline constexpr const char* by_label = "label";

/// Runs that agree in what they are grouped by.
struct GroupedRuns {
  std::vector<std::string> values;  ///< one for each key; "-" where the runs have none
  std::vector<const ComparedRun*> runs;
  /// The runs that are done, by what tells them apart beside the keys and the seeds: the labels of the other axes, and the values
  /// in which runs of the same labels differ. What one group has under "budget 1.5M" is compared with what another has there.
  std::map<std::string, std::vector<const ComparedRun*>> done;
};

/// @param by      axes, keys ("architecture.plugin"), by_study, by_label, by_configuration
/// @param chosen  axes of which each run has the point that was chosen for it: their labels tell no runs apart
/// @return in the order in which the runs come
/// @throws Error (usage) for a key that no run has
std::vector<GroupedRuns> group_runs(const std::vector<ComparedRun>& runs, const std::vector<std::string>& by,
                                    const std::set<std::string>& chosen);

}  // namespace etude
