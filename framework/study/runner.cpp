#include <algorithm>
#include <base/files.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/text.hpp>
#include <chrono>
#include <functional>
#include <record/journal_tail.hpp>
#include <record/snapshot.hpp>
#include <set>
#include <study/branching.hpp>
#include <study/choose.hpp>
#include <study/corpora.hpp>
#include <study/jobs.hpp>
#include <study/planned_runs.hpp>
#include <study/runner.hpp>
#include <thread>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// Held as long as the study goes on, so that others see that it does. Those who look hold it too, for moments, so a held one is
/// tried again.
std::unique_ptr<DirectoryLock> lock_study(const fs::path& directory) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    if (auto lock = DirectoryLock::try_lock(directory)) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  log_warning(text("another etude run works on ", directory.string(), "; runs that it has under way fail here"));
  return nullptr;
}

class StudyRunner {
 public:
  StudyRunner(const Study& study, const Catalogue& catalogue, const StudyOptions& options)
      : study_(study),
        catalogue_(catalogue),
        options_(options),
        named_(named_runs(study, options.only)),
        corpora_(catalogue, options.output / ".corpus"),
        runs_(study.variants.size()) {
    outcome_.directory = options.output / study.name;
  }

  StudyOutcome run() {
    fs::create_directories(outcome_.directory);
    const auto lock = lock_study(outcome_.directory);
    for (std::size_t i = 0; i < runs_.size(); ++i) place(i);
    warn_of_epochs();
    record();
    try {
      do {
        run_wanted();
      } while (choose_points());
    } catch (const Error&) {
      record();
      throw;
    }
    record();
    return conclude();
  }

 private:
  /// What is known about a variant's run.
  struct Run {
    const Corpus* corpus = nullptr;
    fs::path directory;  ///< empty while its corpus is not packed
    bool done = false;
    bool counted = false;                ///< in what was said about done runs
    std::optional<std::string> failure;  ///< of this call of the program
    bool settled() const { return done || failure; }
  };

  /// Packs the corpus of a variant, which gives the run its id, and looks whether it is done.
  void place(std::size_t i) {
    const Variant& variant = study_.variants[i];
    Run& run = runs_[i];
    try {
      if (interrupted()) throw Error("interrupted", "", Fault::interrupted);
      run.corpus = named_[i] ? &corpora_.prepared(variant.experiment) : corpora_.found(variant.experiment);
      if (!run.corpus) return;
      run.directory = outcome_.directory / run_id(variant, run.corpus->fingerprint, catalogue_);
      run.done = last_state(run.directory) == "done";
    } catch (const Error& error) {
      if (error.fault() == Fault::interrupted) throw;
      if (!named_[i]) return;
      // Runs that share a corpus share what is wrong with it.
      if (troubles_.insert(error.what()).second) log_error(text(variant.label, ": ", error.what()));
      run.failure = error.what();
    }
  }

  /// Everything that is wanted by now, parents of branches before their children, and what failed once more where that is asked.
  void run_wanted() {
    std::vector<std::size_t> missing;
    int done = 0;
    for (const std::size_t i : wanted_runs(study_, choices_)) {
      done += runs_[i].done && !std::exchange(runs_[i].counted, true);
      if (named_[i] && !runs_[i].settled()) missing.push_back(i);
    }
    outcome_.already_done += done;
    if (done > 0) log_info(text(counted(done, "run"), done == 1 ? " is" : " are", " done already"));
    run_all(missing);
    if (!options_.retry) return;
    std::erase_if(missing, [&](std::size_t i) { return runs_[i].done; });
    for (const std::size_t i : missing) {
      log_info(text(study_.variants[i].label, ": is tried once more"));
      runs_[i].failure.reset();
    }
    run_all(missing);
  }

  void run_all(const std::vector<std::size_t>& missing) {
    if (missing.empty()) return;
    std::vector<bool> among(runs_.size());
    for (const std::size_t i : missing) among[i] = true;
    const auto parents = branch_parents(study_, among);
    std::vector<std::size_t> order;
    std::vector<bool> placed(runs_.size());
    const std::function<void(std::size_t)> append = [&](std::size_t i) {
      if (placed[i]) return;
      placed[i] = true;
      if (parents[i]) append(*parents[i]);
      order.push_back(i);
    };
    for (const std::size_t i : missing) append(i);
    if (options_.jobs > 1)
      run_side_by_side(order, parents);
    else
      for (const std::size_t i : order) run_here(i);
  }

  void run_here(std::size_t i) {
    const Variant& variant = study_.variants[i];
    const auto total = planned_count();
    const auto title = total == 1 ? variant.label : text(variant.label, " (", settled_count() + 1, " of ", total, ")");
    try {
      if (interrupted()) throw Error("interrupted", "", Fault::interrupted);
      RunContext context{study_.name, options_.command_line};
      context.siblings = siblings_of(study_, i, runs_[i].corpus->fingerprint, catalogue_, outcome_.directory);
      run_one(variant, catalogue_, *runs_[i].corpus, runs_[i].directory, context, title);
      finished(i, std::nullopt);
    } catch (const Error& error) {
      if (error.fault() == Fault::interrupted) throw;
      finished(i, error.what());
    }
  }

  void run_side_by_side(const std::vector<std::size_t>& order, const std::vector<std::optional<std::size_t>>& parents) {
    std::vector<Job> jobs;
    for (const std::size_t i : order) {
      Job job{study_.variants[i].label, study_.variants[i].experiment.training, {}};
      for (std::size_t other = 0; other < jobs.size(); ++other)
        if (parents[i] && order[other] == *parents[i]) job.after = other;
      jobs.push_back(std::move(job));
    }
    run_jobs(jobs, {options_.job_command, options_.jobs, outcome_.directory},
             [&](std::size_t job, const std::optional<std::string>& failure) { finished(order[job], failure); });
  }

  void finished(std::size_t i, const std::optional<std::string>& failure) {
    if (failure) {
      runs_[i].failure = failure;
      log_error(text(study_.variants[i].label, ": ", *failure));
    } else {
      runs_[i].done = runs_[i].counted = true;
      ++outcome_.trained;
    }
    record();
  }

  /// Makes the choices that can be made by now. @return true if there is something new to run
  bool choose_points() {
    std::vector<ChosenPoint> chosen;
    for (const OpenChoice& open : open_choices(study_, choices_)) {
      const bool ready = std::all_of(open.candidates.begin(), open.candidates.end(), [&](const Candidate& candidate) {
        return std::all_of(candidate.runs.begin(), candidate.runs.end(), [&](std::size_t i) { return runs_[i].settled(); });
      });
      if (!ready) continue;  // left out by `only`
      const std::string& by = study_.selections[open.place.selection].by;
      const Choice choice = choose(study_, open, [&](std::size_t i) { return measured_by(i, by); });
      for (const auto& warning : choice.warnings) log_warning(warning);
      choices_[open.place] = choice.point.label;
      chosen.push_back(choice.point);
    }
    if (chosen.empty()) return false;
    for (const auto& warning : edge_warnings(chosen)) log_warning(warning);
    outcome_.choices.insert(outcome_.choices.end(), chosen.begin(), chosen.end());
    record();
    return true;
  }

  /// What a run measured; nothing if it failed.
  std::optional<double> measured_by(std::size_t i, const std::string& by) const {
    if (!runs_[i].done) return std::nullopt;
    try {
      return measured(read_run(runs_[i].directory), by);
    } catch (const Error& error) {
      log_warning(error.what());
      return std::nullopt;
    }
  }

  std::size_t planned_count() const { return wanted_runs(study_, probable_choices(study_, choices_)).size(); }

  std::size_t settled_count() const {
    std::size_t count = 0;
    for (const std::size_t i : wanted_runs(study_, choices_)) count += runs_[i].settled();
    return count;
  }

  /// Brings study.h5 up to date. The runs that are under way are worth more than that.
  void record() const {
    const auto change = [&](StudyRecord& study) {
      study.study = study_.name;
      study.planned = planned_runs(study_, choices_, [&](std::size_t i) { return runs_[i].directory.filename().string(); });
      study.choices = outcome_.choices;
      study.runs.clear();
      for (const PlannedRun& run : study.planned)
        if (!run.id.empty() && fs::exists(outcome_.directory / run.id / snapshot_name)) study.runs.push_back(run.id);
    };
    try {
      update_study_record(outcome_.directory, change);
    } catch (const Error& error) {
      log_warning(error.what());
    }
  }

  void warn_of_epochs() const {
    int count = 0;
    double most = 0;
    std::string which;
    for (const std::size_t i : wanted_runs(study_, probable_choices(study_, choices_))) {
      if (!runs_[i].corpus || !named_[i]) continue;
      const TrainingOptions& training = study_.variants[i].experiment.training;
      const double tokens = static_cast<double>(training.total_steps() * training.tokens_per_step());
      const double epochs = tokens / static_cast<double>(runs_[i].corpus->train.tokens.size());
      count += epochs > 1;
      if (epochs <= most) continue;
      most = epochs;
      which = study_.variants[i].label;
    }
    if (count > 0)
      log_warning(text(counted(count, "run"), count == 1 ? " reads" : " read", " training tokens more than once (", which, " ",
                       fixed(most, 2), " times): a scaling law of D is about tokens that are new"));
  }

  /// What --only left out, and what it names but what could not run without that.
  void count_left_out() {
    for (const std::size_t i : wanted_runs(study_, probable_choices(study_, choices_))) outcome_.left_out += !runs_[i].settled();
    if (const std::int64_t waiting = named_but_waiting(study_, choices_, named_); waiting > 0)
      log_warning(text(counted(waiting, "run"), " that --only names ", waiting == 1 ? "waits" : "wait",
                       " for a choice among runs that it leaves out\n"
                       "name those too: etude check says where each selection is tried"));
  }

  StudyOutcome conclude() {
    const auto counts = counting_runs(study_, choices_);
    for (const std::size_t i : wanted_runs(study_, choices_)) {
      const Run& run = runs_[i];
      const bool exists = !run.directory.empty() && fs::exists(run.directory / snapshot_name);
      if (exists) (counts[i] ? outcome_.runs : outcome_.tried).push_back(run.directory);
      if (run.failure)
        (counts[i] ? outcome_.failures : outcome_.passed_over).emplace_back(study_.variants[i].label, *run.failure);
    }
    count_left_out();
    for (const ChosenPoint& point : outcome_.choices)
      if (point.label.empty())
        outcome_.failures.emplace_back(text("select.", point.axis, point.combination.empty() ? "" : " for " + point.combination),
                                       "no point could be chosen, so that what depends on it was not run");
    return std::move(outcome_);
  }

  const Study& study_;
  const Catalogue& catalogue_;
  const StudyOptions& options_;
  std::vector<bool> named_;
  Corpora corpora_;
  std::vector<Run> runs_;  ///< one a variant
  Choices choices_;
  std::set<std::string> troubles_;  ///< told already
  StudyOutcome outcome_;
};

}  // namespace

StudyOutcome run_study(const Study& study, const Catalogue& catalogue, const StudyOptions& options) {
  return StudyRunner(study, catalogue, options).run();
}

void run_job(const Study& study, const Catalogue& catalogue, const StudyOptions& options, const std::string& label, int jobs) {
  for (std::size_t i = 0; i < study.variants.size(); ++i) {
    const Variant& variant = study.variants[i];
    if (variant.label != label) continue;
    Corpora corpora(catalogue, options.output / ".corpus");
    const Corpus& corpus = corpora.prepared(variant.experiment);
    const fs::path directory = options.output / study.name;
    RunContext context{study.name, options.command_line};
    context.jobs = jobs;
    context.siblings = siblings_of(study, i, corpus.fingerprint, catalogue, directory);
    run_one(variant, catalogue, corpus, directory / run_id(variant, corpus.fingerprint, catalogue), context, label);
    return;
  }
  throw usage_error(text("no run of the study is called ", label));
}

}  // namespace etude
