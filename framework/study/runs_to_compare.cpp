#include <algorithm>
#include <map>
#include <set>
#include <study/comparison.hpp>
#include <study/runs_to_compare.hpp>
#include <study/study_runs.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// What the study of a run says, read once.
class StudiesOfRuns {
 public:
  const StudyRecord& of(const fs::path& run) {
    const fs::path study = fs::absolute(run / ".").lexically_normal().parent_path().parent_path();
    const auto [at, is_new] = records_.try_emplace(study);
    if (is_new) at->second = study_record_if_readable(study);
    return at->second;
  }

 private:
  std::map<fs::path, StudyRecord> records_;
};

bool was_only_tried(const StudyRecord& study, const fs::path& run) {
  return std::any_of(study.planned.begin(), study.planned.end(),
                     [&](const auto& planned) { return !planned.selected && planned.id == run.filename().string(); });
}

}  // namespace

RunsToCompare runs_to_compare(const std::vector<std::string>& paths, bool all) {
  RunsToCompare result;
  StudiesOfRuns studies;
  std::set<fs::path> taken, left_out;  // under their one true name, since a run may be reached by several
  for (const auto& path : paths)
    for (const auto& run : find_runs(path)) {
      const fs::path name = fs::weakly_canonical(run);
      if (taken.contains(name)) continue;
      if (!all && run != fs::path(path)) {
        const StudyRecord& study = studies.of(run);
        for (const auto& choice : study.choices) result.chosen.insert(choice.axis);
        if (was_only_tried(study, run)) {
          left_out.insert(name);
          continue;
        }
      }
      taken.insert(name);
      left_out.erase(name);
      result.runs.push_back(run);
    }
  result.left_out = left_out.size();
  return result;
}

}  // namespace etude
