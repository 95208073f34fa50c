#include <algorithm>
#include <base/log.hpp>
#include <study/comparison.hpp>
#include <study/run_folders.hpp>
#include <study/study_runs.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

bool says_several_jobs(const std::vector<std::pair<std::string, std::string>>& provenance) {
  return std::any_of(provenance.begin(), provenance.end(),
                     [](const auto& fact) { return fact.first == "jobs" && fact.second != "1"; });
}

}  // namespace

StudyRecord study_record_if_readable(const fs::path& study_directory) {
  try {
    return read_study_record(study_directory);
  } catch (const Error& error) {
    log_warning(text(error.what(), "\nevery run in the folder counts"));
    return {};
  }
}

std::vector<fs::path> selected_runs(const fs::path& study_directory) {
  const auto planned = study_record_if_readable(study_directory).planned;
  if (planned.empty()) return find_runs(study_directory);
  std::vector<fs::path> runs;
  for (const PlannedRun& run : planned) {
    const fs::path directory = study_directory / run.id;
    if (run.selected && !run.id.empty() && is_run(directory)) runs.push_back(directory);
  }
  if (runs.empty())
    throw usage_error(text("there are no runs in ", study_directory.string(), " yet"), "etude run makes those of the study");
  return runs;
}

bool ran_beside_others(const RunData& data) {
  return says_several_jobs(data.header.provenance) ||
         std::any_of(data.resumes.begin(), data.resumes.end(),
                     [](const Resume& resume) { return says_several_jobs(resume.provenance); });
}

}  // namespace etude
