#include <algorithm>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/system.hpp>
#include <record/study_file.hpp>
#include <study/runner.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

bool is_done(const fs::path& run) { return fs::exists(run / "journal.jsonl") && read_run(run).state == "done"; }

/// Makes the study's file name the runs that exist by now.
void link_runs(const StudyOutcome& outcome) {
  std::vector<std::string> ids;
  for (const auto& run : outcome.runs)
    if (fs::exists(run / "run.h5")) ids.push_back(run.filename().string());
  write_study_record(outcome.directory, {.study = outcome.directory.filename().string(), .runs = std::move(ids)});
}

void run_variant(const Variant& variant, const Study& study, const Catalogue& catalogue, const fs::path& output,
                 const RunContext& context, StudyOutcome& outcome) {
  const auto number = &variant - study.variants.data() + 1;
  const auto title =
      study.variants.size() == 1 ? variant.label : text(variant.label, " (", number, " of ", study.variants.size(), ")");
  const auto threads = variant.experiment.training.threads;
  const auto corpus =
      prepare_corpus(variant.experiment, catalogue, {output / ".corpus", threads > 0 ? static_cast<int>(threads) : cpu_count()});
  const auto run = outcome.directory / run_id(variant, corpus.fingerprint, catalogue);
  if (std::find(outcome.runs.begin(), outcome.runs.end(), run) != outcome.runs.end()) return;
  outcome.runs.push_back(run);
  if (is_done(run)) {
    ++outcome.already_done;
    log_info(text(title, ": done already"));
    return;
  }
  run_one(variant, catalogue, corpus, run, context, title);
  ++outcome.trained;
}

}  // namespace

StudyOutcome run_study(const Study& study, const Catalogue& catalogue, const fs::path& output,
                       const std::vector<std::string>& command_line) {
  StudyOutcome outcome;
  outcome.directory = output / study.name;
  fs::create_directories(outcome.directory);
  for (const auto& variant : study.variants) {
    try {
      if (interrupted()) throw Error("interrupted", "", Fault::interrupted);
      run_variant(variant, study, catalogue, output, {study.name, command_line}, outcome);
    } catch (const Error& error) {
      link_runs(outcome);
      if (error.fault() == Fault::interrupted) throw;
      log_error(text(variant.label, ": ", error.what()));
      outcome.failures.emplace_back(variant.label, error.what());
    }
  }
  link_runs(outcome);
  return outcome;
}

}  // namespace etude
