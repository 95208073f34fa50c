#include <algorithm>
#include <base/system.hpp>
#include <etude/error.hpp>
#include <report/page.hpp>
#include <study/run_folders.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

const PlannedRun* planned_run(const StudyRecord& study, const ReportRun& run) {
  const std::string id = folder_name(run.directory);
  for (const auto& planned : study.planned)
    if (planned.id.empty() ? planned.label == run.data.header.label : planned.id == id) return &planned;
  return nullptr;
}

void read_study(ReportData& data) {
  try {
    data.study = read_study_record(data.directory);
  } catch (const Error& error) {
    data.left_out.push_back(text("what study.h5 says of the study: ", error.what()));
  }
  if (data.study.study.empty()) data.study.study = folder_name(data.directory);
}

void read_runs(ReportData& data) {
  for (const auto& directory : find_runs(data.directory)) {
    try {
      refresh_snapshot(directory);
      data.runs.push_back({directory, read_run(directory)});
    } catch (const Error& error) {
      data.left_out.push_back(text("the run ", directory.string(), ": ", error.what()));
    }
  }
  if (data.runs.empty()) throw Error(text("there is no run in ", data.directory.string(), " that can be read"));
}

/// As the study plans them; runs that it does not plan, from an older experiment file maybe, come last.
void order_runs(ReportData& data) {
  std::vector<std::pair<std::ptrdiff_t, ReportRun>> placed;
  for (auto& run : data.runs) {
    const PlannedRun* planned = planned_run(data.study, run);
    run.selected = !planned || planned->selected;
    placed.emplace_back(planned ? planned - data.study.planned.data() : std::ssize(data.study.planned), std::move(run));
  }
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  data.runs.clear();
  for (auto& [place, run] : placed) data.runs.push_back(std::move(run));
}

Comparison comparison_of(const std::vector<ReportRun>& runs) {
  std::vector<ComparedRun> compared;
  for (const auto& run : runs) compared.push_back(compared_run(run.directory, run.data));
  return Comparison(std::move(compared));
}

ScalingAnalysis analysis_of(const ReportData& data, LossUnit unit) {
  std::vector<const RunData*> runs;
  for (const auto& run : data.runs)
    if (run.selected) runs.push_back(&run.data);
  return analyse(points_of_runs(runs, {.unit = unit}), {.threads = cpu_count()});
}

/// In nats a token; in bits per character where the runs do not predict the same tokens.
void add_analysis(ReportData& data) {
  for (const auto unit : {LossUnit::nats_per_token, LossUnit::bits_per_character}) {
    try {
      data.analysis = analysis_of(data, unit);
      return;
    } catch (const Error& error) {
      if (data.why_no_analysis.empty()) data.why_no_analysis = error.message();
    }
  }
}

}  // namespace

ReportData read_report_data(const fs::path& study_directory) {
  ReportData data;
  data.directory = study_directory;
  read_study(data);
  read_runs(data);
  order_runs(data);
  data.comparison = comparison_of(data.runs);
  add_analysis(data);
  return data;
}

}  // namespace etude
