#include <algorithm>
#include <base/system.hpp>
#include <etude/error.hpp>
#include <report/page.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

std::string run_id_of(const fs::path& directory) {
  return fs::absolute(directory / ".").lexically_normal().parent_path().filename().string();
}

const PlannedRun* planned_run(const StudyRecord& study, const ReportRun& run) {
  const std::string id = run_id_of(run.directory);
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
  if (data.study.study.empty()) data.study.study = run_id_of(data.directory);
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
  const auto place = [&](const ReportRun& run) {
    const PlannedRun* planned = planned_run(data.study, run);
    return planned ? planned - data.study.planned.data() : static_cast<std::ptrdiff_t>(data.study.planned.size());
  };
  std::stable_sort(data.runs.begin(), data.runs.end(), [&](const auto& a, const auto& b) { return place(a) < place(b); });
  for (auto& run : data.runs)
    if (const PlannedRun* planned = planned_run(data.study, run)) run.selected = planned->selected;
}

Comparison comparison_of(const std::vector<ReportRun>& runs) {
  std::vector<ComparedRun> compared;
  for (const auto& run : runs) compared.push_back(compared_run(run.directory, run.data));
  return Comparison(std::move(compared));
}

ScalingAnalysis analysis_of(const ReportData& data, LossUnit unit) {
  std::vector<RunToFit> runs;
  for (const auto& run : data.runs)
    if (run.selected) runs.push_back({run.directory, &run.data});
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
