// Every experiment of this repository, against the plugins of this repository.
#include <torch/torch.h>

#include <catch.hpp>
#include <config/experiment.hpp>
#include <config/selection.hpp>
#include <cstdlib>
#include <host/catalogue.hpp>
#include <map>
#include <set>
#include <study/branching.hpp>
#include <study/estimate.hpp>
#include <tuple>

using namespace etude;

namespace {

namespace fs = std::filesystem;

const fs::path& experiments() {
  static const fs::path folder = fs::path(std::getenv("ETUDE_SOURCE")) / "experiments";
  return folder;
}

const Catalogue& catalogue() {
  static const Catalogue loaded = Catalogue::load({{std::getenv("ETUDE_PLUGINS"), "the test"}});
  return loaded;
}

/// Those to run: what stands in base/ is only extended.
std::vector<fs::path> experiment_files() {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(experiments()))
    if (entry.path().extension() == ".toml" && entry.path().parent_path().filename() != "base") files.push_back(entry.path());
  return files;
}

/// With a path, which the study's files leave to the user.
Study resolved(const fs::path& file) {
  const bool has_path = read_experiment(file, {}).merged.find("dataset")->get_if<Table>()->contains("path");
  return resolve_study(
      read_experiment(file, has_path ? std::vector<std::string>{} : std::vector<std::string>{"dataset.path=music"}), catalogue());
}

std::int64_t parameters(const Experiment& experiment) {
  const auto tokenizer = catalogue().make_tokenizer(experiment.tokenizer.plugin, experiment.tokenizer.options);
  return model_size(experiment, catalogue(), tokenizer->vocab_size()).parameters.total();
}

}  // namespace

TEST_CASE("Every experiment file resolves against the plugins") {
  const auto files = experiment_files();
  REQUIRE(files.size() >= 6);
  for (const auto& file : files) {
    INFO(file.string());
    REQUIRE_FALSE(resolved(file).variants.empty());
  }
}

TEST_CASE("The study is its ten models with its training") {
  const std::map<std::string, std::int64_t> published{
      {"gpt-tiny", 829'696},     {"gpt-small", 4'807'168},  {"gpt-medium", 21'375'744}, {"gpt-large", 50'529'280},
      {"gpt-xl", 113'542'656},   {"lstm-256", 1'069'120},   {"lstm-560", 5'062'464},    {"lstm-1100", 19'448'064},
      {"lstm-1750", 49'140'064}, {"lstm-2500", 100'200'064}};
  std::map<std::string, std::int64_t> found;
  const Study study = resolved(experiments() / "scaling" / "study.toml");
  for (const Variant& variant : study.variants) {
    INFO(variant.label);
    const Experiment& experiment = variant.experiment;
    const bool gpt = variant.label.starts_with("gpt");
    found[variant.label] = parameters(experiment);
    REQUIRE(experiment.dataset.plugin == "midi_files");
    REQUIRE(*experiment.dataset.options.find("profile") == Value("phase1"));
    REQUIRE(std::tuple(experiment.split.method, experiment.split.seed) == std::tuple("shuffle", 42));
    REQUIRE(experiment.architecture.plugin == (gpt ? "gpt" : "lstm"));
    REQUIRE(experiment.training.total_steps() == 6103);
    REQUIRE(experiment.training.tokens_per_step() == 16'384);
    REQUIRE(experiment.training.learning_rate == (gpt ? 3e-4 : 1e-3));
    REQUIRE(experiment.training.clip_norm == (gpt ? 0.0 : 1.0));
    REQUIRE(experiment.training.decay_groups == "all");
    REQUIRE(experiment.training.weight_decay == 0.01);
    REQUIRE(experiment.training.schedule == "constant");
    REQUIRE(*experiment.architecture.options.find("dropout") == Value(0.1));
    if (gpt) REQUIRE(*experiment.architecture.options.find("scale_residual_init") == Value(false));
  }
  REQUIRE(found == published);
}

TEST_CASE("The improved study and its miniature have what the study lacks") {
  const std::string name = GENERATE("improved", "miniature");
  INFO(name);
  const Study study = resolved(experiments() / "scaling" / (name + ".toml"));
  std::map<std::string, std::set<std::int64_t>> sizes;
  std::set<std::int64_t> budgets, seeds;
  for (const std::size_t i : wanted_runs(study, assumed_choices(study))) {
    const Experiment& experiment = study.variants[i].experiment;
    sizes[experiment.architecture.plugin].insert(static_cast<std::int64_t>(experiment.sized->parameters));
    budgets.insert(experiment.training.tokens);
    seeds.insert(experiment.training.seeds.data);
    REQUIRE(experiment.training.schedule == "wsd");
    REQUIRE(experiment.duplicates.use == "group");
  }
  REQUIRE(sizes.size() == 2);
  for (const auto& [family, counts] : sizes) {
    REQUIRE(counts.size() >= 5);
    REQUIRE(*counts.rbegin() >= 100 * *counts.begin());
  }
  REQUIRE(budgets.size() >= 3);
  REQUIRE(seeds.size() >= 3);
  REQUIRE(study.selections.size() == 1);
  REQUIRE(study.finish == std::vector<std::string>{"fit", "report"});
  // Each longer budget goes on from a shorter one.
  const auto parents = branch_parents(study);
  const auto branches = std::count_if(parents.begin(), parents.end(), [](const auto& parent) { return parent.has_value(); });
  REQUIRE(branches == std::ssize(study.variants) - std::ssize(study.variants) / std::ssize(budgets));
}

TEST_CASE("The best experiment is the study's largest model with its corpus and training") {
  const Study study = resolved(experiments() / "best.toml");
  REQUIRE(study.variants.size() == 1);
  const Experiment& best = study.variants[0].experiment;
  REQUIRE(parameters(best) == 206'637'056);
  REQUIRE(best.dataset.plugin == "midi_files");
  REQUIRE(*best.dataset.options.find("profile") == Value("phase2"));
  REQUIRE(best.filter.min_gzip_ratio == 0.24);
  REQUIRE(best.filter.max_total_bytes == 2'000'000'000);
  REQUIRE(std::tuple(best.split.train, best.split.validation, best.split.test) == std::tuple(0.98, 0.01, 0.01));
  REQUIRE(best.split.seed == 0);
  REQUIRE(best.tokenizer.plugin == "bpe");
  REQUIRE(*best.tokenizer.options.find("vocab_size") == Value(4096));
  REQUIRE(*best.tokenizer.options.find("min_frequency") == Value(2));
  REQUIRE(*best.tokenizer.options.find("initial_alphabet") == Value(false));
  const TrainingOptions& training = best.training;
  REQUIRE(training.total_steps() == 11'000);
  REQUIRE(training.tokens_per_step() == 65'536);
  REQUIRE(training.batch_size / training.accumulate == 16);
  REQUIRE(std::tuple(training.beta1, training.beta2, training.weight_decay, training.clip_norm) ==
          std::tuple(0.9, 0.95, 0.1, 1.0));
  REQUIRE(std::tuple(training.learning_rate, training.final_learning_rate) == std::tuple(3e-4, 3e-5));
  REQUIRE(std::tuple(training.schedule, training.warmup_steps, training.decay_groups) == std::tuple("cosine", 200, "all"));
  REQUIRE(std::tuple(training.precision, training.validate_every, training.validation_windows) ==
          std::tuple("bf16", 300, 50 * 16));
  REQUIRE(std::tuple(training.checkpoint_every, training.keep_checkpoints) == std::tuple(1500, 2));
  REQUIRE(std::tuple(training.sample_every, training.sample_tokens) == std::tuple(1500, 1024));
}

TEST_CASE("The best experiment judges 500 texts of 256 tokens, drawn as the study draws them, and both metrics the same ones") {
  const Experiment best = resolved(experiments() / "best.toml").variants[0].experiment;
  const MetricNeeds needs = metric_needs(best, catalogue());
  REQUIRE((needs.losses == std::vector<Split>{Split::test}));
  REQUIRE(needs.samples.size() == 1);
  const SampleRequest& request = needs.samples[0];
  REQUIRE(std::tuple(request.count, request.new_tokens, request.prompt) == std::tuple(500, 256, ""));
  REQUIRE(std::tuple(request.temperature, request.top_p, request.top_k) == std::tuple(1.0, 0.92, 0));
  REQUIRE(std::tuple(request.repetition_penalty, request.repetition_window) == std::tuple(1.15, 128));
  std::vector<std::string> plugins;
  for (const auto& metric : best.metrics) plugins.push_back(metric.plugin);
  REQUIRE(plugins == std::vector<std::string>{"perplexity", "abc_validity", "midi_export"});
}

TEST_CASE("The miniature of the best experiment differs from it in place and size alone") {
  const Experiment best = resolved(experiments() / "best.toml").variants[0].experiment;
  const Experiment mini = resolved(experiments() / "best-mini.toml").variants[0].experiment;
  REQUIRE(mini.dataset.plugin == "music");
  REQUIRE(*mini.dataset.options.find("profile") == *best.dataset.options.find("profile"));
  REQUIRE(to_table(mini.filter) == to_table(best.filter));
  REQUIRE(mini.tokenizer.plugin == best.tokenizer.plugin);
  REQUIRE(mini.architecture.plugin == best.architecture.plugin);
  REQUIRE(mini.training.schedule == best.training.schedule);
  REQUIRE(mini.training.decay_groups == best.training.decay_groups);
  REQUIRE(parameters(mini) < 1'000'000);
  REQUIRE(mini.training.total_steps() * mini.training.tokens_per_step() < 3'000'000);
}

TEST_CASE("The quickstart has four models of each family, spanning twenty-fold in parameters, with two budgets each") {
  const Study study = resolved(experiments() / "quickstart.toml");
  std::map<std::string, std::set<std::int64_t>> families;
  std::map<std::int64_t, int> budgets;
  for (const Variant& variant : study.variants) {
    families[variant.experiment.architecture.plugin].insert(parameters(variant.experiment));
    ++budgets[variant.experiment.training.tokens];
  }
  REQUIRE(families.size() == 2);
  for (const auto& [family, counts] : families) {
    INFO(family);
    REQUIRE(counts.size() == 4);
    REQUIRE(*counts.rbegin() >= 20 * *counts.begin());
  }
  REQUIRE((budgets == std::map<std::int64_t, int>{{750'000, 8}, {1'500'000, 8}}));
  REQUIRE(study.finish == std::vector<std::string>{"fit", "report"});
}
