#include <algorithm>
#include <base/log.hpp>
#include <base/system.hpp>
#include <base/text.hpp>
#include <cmath>
#include <config/canonical.hpp>
#include <config/selection.hpp>
#include <cstdlib>
#include <evaluate/split_loss.hpp>
#include <map>
#include <study/branching.hpp>
#include <study/jobs.hpp>
#include <study/plan.hpp>
#include <study/sampling_cost.hpp>
#include <train/device.hpp>

namespace etude {
namespace {

class Planner {
 public:
  Planner(const Study& study, const Catalogue& catalogue, const PlanOptions& options)
      : study_(study), catalogue_(catalogue), options_(options) {}

  StudyPlan run() {
    double load = 0;
    if (options_.probe_seconds > 0 && getloadavg(&load, 1) == 1 && load > 1)
      warn(text("other programs were at work (load average ", fixed(load, 1), "), so times may come out too long"));
    place_runs();
    for (std::size_t i = 0; i < plan_.runs.size(); ++i) plan(study_.variants[i], plan_.runs[i]);
    warn_of_epochs();
    add_up();
    return std::move(plan_);
  }

 private:
  /// Which runs there will be, and how much of each is its own.
  void place_runs() {
    plan_.jobs = options_.jobs;
    plan_.runs.resize(study_.variants.size());
    std::vector<bool> certain(plan_.runs.size()), expected(plan_.runs.size());
    for (const std::size_t i : wanted_runs(study_, {})) certain[i] = true;
    for (const std::size_t i : wanted_runs(study_, assumed_choices(study_))) expected[i] = true;
    parents_ = branch_parents(study_, expected);
    for (std::size_t i = 0; i < plan_.runs.size(); ++i) {
      RunPlan& run = plan_.runs[i];
      run.label = study_.variants[i].label;
      run.certain = certain[i];
      run.expected = expected[i];
      run.steps = study_.variants[i].experiment.training.total_steps();
      run.tokens = run.steps * study_.variants[i].experiment.training.tokens_per_step();
      run.own_steps = own_steps(study_, i, parents_[i]);
      if (parents_[i]) run.parent = study_.variants[*parents_[i]].label;
    }
  }

  void plan(const Variant& variant, RunPlan& run) {
    const Experiment& experiment = variant.experiment;
    warn_of_missing_sources(experiment.dataset);
    const std::optional<Corpus>& corpus = find(experiment);
    if (corpus) {
      run.id = run_id(variant, corpus->fingerprint, catalogue_);
      run.epochs = static_cast<double>(run.tokens) / static_cast<double>(corpus->train.tokens.size());
    }
    const std::int64_t vocab_size = vocabulary(experiment, corpus);
    if (vocab_size == 0) {
      warn("the vocabulary is known once the corpus is prepared; so are the sizes of the models");
      return;
    }
    run.size = size(experiment, vocab_size);
    warn_of_size(experiment, run);
    if (options_.probe_seconds > 0 && run.expected) measure(experiment, corpus, vocab_size, run);
  }

  /// Runs that differ in their training alone have one size.
  ModelSize size(const Experiment& experiment, std::int64_t vocab_size) {
    const std::string key =
        text(canonical_json(*experiment.resolved.find("architecture")), vocab_size, ' ', experiment.training.context_length);
    const auto known = sizes_.find(key);
    return known != sizes_.end() ? known->second : sizes_[key] = model_size(experiment, catalogue_, vocab_size);
  }

  void warn_of_size(const Experiment& experiment, const RunPlan& run) {
    if (!experiment.sized) return;
    const auto has = static_cast<double>(run.size->parameters.total()), asked = experiment.sized->parameters;
    if (std::abs(has / asked - 1) > 0.1)
      warn(text(experiment.architecture.plugin, " was asked for ", count_text(asked), " parameters and has ", count_text(has),
                ": its vocabulary is not the one that the tokenizer announced, or its plugin chose badly"));
  }

  /// Of all runs in one sentence, by the one that repeats most.
  void warn_of_epochs() {
    std::int64_t count = 0;
    const RunPlan* most = nullptr;
    const Experiment* experiment = nullptr;
    for (std::size_t i = 0; i < plan_.runs.size(); ++i) {
      const RunPlan& run = plan_.runs[i];
      if (!run.expected || run.epochs.value_or(0) <= 1) continue;
      ++count;
      if (most && *run.epochs <= *most->epochs) continue;
      most = &run;
      experiment = &study_.variants[i].experiment;
    }
    if (!most) return;
    const Corpus& corpus = *find(*experiment);
    warn(text(most->label, " reads its ", count_text(static_cast<double>(corpus.train.tokens.size())),
              corpus.transpositions.empty() ? " unique training tokens " : " training tokens (their transpositions included) ",
              fixed(*most->epochs, 2), " times",
              count > 1 ? text("; ", counted(count - 1, "other run"), count > 2 ? " repeat" : " repeats", " theirs") : ""));
  }

  /// The time of the study: of runs side by side the sum divided, but never less than a run takes with those that it begins from.
  void add_up() {
    const auto unknown = [](const RunPlan& run) { return run.expected && !run.estimate; };
    if (std::any_of(plan_.runs.begin(), plan_.runs.end(), unknown)) return;
    double sum = 0, longest = 0;
    for (std::size_t i = 0; i < plan_.runs.size(); ++i) {
      if (!plan_.runs[i].expected) continue;
      sum += plan_.runs[i].estimate->total_seconds();
      double chain = 0;
      for (std::optional<std::size_t> run = i; run; run = parents_[*run]) chain += plan_.runs[*run].estimate->total_seconds();
      longest = std::max(longest, chain);
    }
    plan_.seconds = std::max(sum / options_.jobs, longest);
  }

  /// Files that are not there are an error for a run, but a description can do without them.
  void warn_of_missing_sources(const PluginChoice& dataset) {
    const OptionTable& options = catalogue_.find(Kind::dataset, dataset.plugin).options;
    for (const Entry& entry : dataset.options) {
      if (options.find(entry.key)->type.find("path") == std::string::npos) continue;
      const Array* several = entry.value.get_if<Array>();
      for (const Value& value : several ? *several : Array{entry.value}) {
        const auto* path = value.get_if<std::string>();
        std::error_code ignored;
        if (path && !path->empty() && !std::filesystem::exists(*path, ignored))
          warn(text(entry.value.origin().text(), ": dataset.", entry.key, ": there is no ", *path));
      }
    }
  }

  /// The packed corpus that the experiment would train on, if it is there.
  const std::optional<Corpus>& find(const Experiment& experiment) {
    Table parts;
    for (const char* section : {"dataset", "filter", "duplicates", "split", "tokenizer"})
      parts.set(section, *experiment.resolved.find(section));
    const auto [found, is_new] = corpora_.try_emplace(canonical_json(Value(std::move(parts))));
    if (is_new) found->second = look_for(experiment);
    return found->second;
  }

  std::optional<Corpus> look_for(const Experiment& experiment) {
    std::optional<Corpus> corpus;
    try {
      corpus = find_corpus(experiment, catalogue_, {options_.output / ".corpus", std::max(1, cpu_count())});
    } catch (const Error& error) {
      warn(text("the corpus cannot be read: ", error.what()));
      return corpus;
    }
    if (!corpus) {
      warn(text("the corpus is not prepared, so run ids, epochs and the time of validations are unknown; see: etude prepare ",
                study_.file.string()));
      return corpus;
    }
    plan_.corpora.push_back(facts_of(*corpus));
    return corpus;
  }

  static CorpusPlan facts_of(const Corpus& corpus) {
    CorpusPlan facts;
    facts.fingerprint = corpus.fingerprint;
    facts.directory = corpus.directory;
    facts.train_tokens = corpus.train.tokens.size();
    facts.validation_tokens = corpus.validation.tokens.size();
    facts.test_tokens = corpus.test.tokens.size();
    facts.vocab_size = corpus.tokenizer->vocab_size();
    facts.vocabulary_used = corpus.vocabulary_used;
    facts.unique_train_tokens = corpus.unique_train_tokens;
    facts.transpositions = corpus.transpositions;
    facts.tokens_per_character = corpus.validation.tokens_per_character();
    facts.unknown_share = corpus.validation.unknown_share();
    facts.validation_leakage = corpus.duplicates.validation;
    facts.test_leakage = corpus.duplicates.test;
    return facts;
  }

  std::int64_t vocabulary(const Experiment& experiment, const std::optional<Corpus>& corpus) const {
    if (corpus) return corpus->tokenizer->vocab_size();
    return catalogue_.make_tokenizer(experiment.tokenizer.plugin, experiment.tokenizer.options)->vocab_size();
  }

  void measure(const Experiment& experiment, const std::optional<Corpus>& corpus, std::int64_t vocab_size, RunPlan& run) {
    try {
      run.cost = measured_cost(experiment, vocab_size, run.label);
    } catch (const Error& error) {
      warn(text(run.label, " cannot be measured: ", error.what()));
      return;
    } catch (const c10::Error& error) {
      warn(text(run.label, " cannot be measured: ", error.what_without_backtrace()));
      return;
    }
    // Packed tokens are mapped into memory, and windows drawn at random soon touch all of them.
    if (corpus && choose_device(experiment.training.device).is_cpu()) run.cost->peak_memory += mapped_bytes(*corpus);
    run.estimate = estimate_run(experiment.training, *run.cost, work(experiment, corpus), run.own_steps);
    if (experiment.training.sample_every > 0) warn("the time leaves out the samples drawn while training");
  }

  /// Runs that differ in their seeds cost the same.
  MeasuredCost measured_cost(Experiment experiment, std::int64_t vocab_size, const std::string& label) {
    TrainingOptions& training = experiment.training;
    if (options_.jobs > 1) training.threads = threads_of_job(training, options_.jobs);
    const Value* metrics = experiment.resolved.find("metric");
    const std::string key =
        text(metrics ? canonical_json(*metrics) : "", canonical_json(*experiment.resolved.find("architecture")), vocab_size, ' ',
             training.context_length, ' ', training.batch_size, ' ', training.accumulate, ' ', training.precision, ' ',
             training.decay_groups, ' ', training.clip_norm, ' ', training.device, ' ', training.threads);
    const auto known = costs_.find(key);
    if (known != costs_.end()) return known->second;
    progress_.update(text("measuring ", label));
    const MeasuredCost cost = costs_[key] = measure_cost(experiment, catalogue_, vocab_size, options_.probe_seconds);
    if (cost.extrapolated)
      warn(text(label, ": a full batch was too much to measure in ", fixed(options_.probe_seconds, 0),
                " s, so the time and memory of this model follow a line through smaller ones; see --probe-seconds"));
    return cost;
  }

  EvaluationWork work(const Experiment& experiment, const std::optional<Corpus>& corpus) const {
    const TrainingOptions& training = experiment.training;
    const WindowPlan plan{training.context_length, training.validation_stride, training.validation_windows};
    EvaluationWork work;
    const MetricNeeds needs = metric_needs(experiment, catalogue_);
    for (const auto& request : needs.samples) work.sampling_steps += sampling_steps(request);
    if (!corpus) {
      work.validation_tokens = training.validation_windows * training.context_length;
      return work;
    }
    const auto whole = corpus->validation.tokens.size();
    work.validation_tokens = plan.covers_split() ? whole : window_count(plan, whole) * training.context_length;
    for (const Split which : needs.losses) work.metric_tokens += corpus->split(which).tokens.size();
    return work;
  }

  static std::int64_t mapped_bytes(const Corpus& corpus) {
    const std::int64_t bytes_per_token = corpus.tokenizer->vocab_size() <= 65536 ? 2 : 4;
    return bytes_per_token * (corpus.train.tokens.size() + corpus.validation.tokens.size() + corpus.test.tokens.size());
  }

  void warn(const std::string& warning) {
    if (std::find(plan_.warnings.begin(), plan_.warnings.end(), warning) == plan_.warnings.end())
      plan_.warnings.push_back(warning);
  }

  const Study& study_;
  const Catalogue& catalogue_;
  const PlanOptions& options_;
  StudyPlan plan_;
  std::vector<std::optional<std::size_t>> parents_;  ///< of each run the one that it begins from
  std::map<std::string, std::optional<Corpus>> corpora_;
  std::map<std::string, MeasuredCost> costs_;
  std::map<std::string, ModelSize> sizes_;
  Progress progress_;
};

}  // namespace

StudyPlan plan_study(const Study& study, const Catalogue& catalogue, const PlanOptions& options) {
  return Planner(study, catalogue, options).run();
}

}  // namespace etude
