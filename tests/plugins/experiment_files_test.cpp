// Every experiment of this repository, against the plugins of this repository.
#include <torch/torch.h>

#include <catch.hpp>
#include <config/experiment.hpp>
#include <cstdlib>
#include <host/catalogue.hpp>
#include <map>
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
  REQUIRE(files.size() >= 13);
  for (const auto& file : files) {
    INFO(file.string());
    REQUIRE_FALSE(resolved(file).variants.empty());
  }
}

TEST_CASE("The scaling experiments are the ten models of the study with its training") {
  const std::map<std::string, std::int64_t> published{
      {"gpt-tiny", 829'696},     {"gpt-small", 4'807'168},  {"gpt-medium", 21'375'744}, {"gpt-large", 50'529'280},
      {"gpt-xl", 113'542'656},   {"lstm-256", 1'069'120},   {"lstm-560", 5'062'464},    {"lstm-1100", 19'448'064},
      {"lstm-1750", 49'140'064}, {"lstm-2500", 100'200'064}};
  for (const auto& [name, count] : published) {
    INFO(name);
    const Study study = resolved(experiments() / "scaling" / (name + ".toml"));
    REQUIRE(study.variants.size() == 1);
    REQUIRE(study.name == name);
    const Experiment& experiment = study.variants[0].experiment;
    const bool gpt = name.starts_with("gpt");
    REQUIRE(parameters(experiment) == count);
    REQUIRE(experiment.training.total_steps() == 6103);
    REQUIRE(experiment.training.tokens_per_step() == 16'384);
    REQUIRE(experiment.training.learning_rate == (gpt ? 3e-4 : 1e-3));
    REQUIRE(experiment.training.clip_norm == (gpt ? 0.0 : 1.0));
    REQUIRE(experiment.training.decay_groups == "all");
    REQUIRE(experiment.training.weight_decay == 0.01);
    REQUIRE(experiment.training.schedule == "constant");
    REQUIRE(*experiment.architecture.options.find("dropout") == Value(0.1));
  }
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

TEST_CASE("The quickstart has four models of each family, spanning twenty-fold in parameters") {
  std::map<std::string, std::vector<std::int64_t>> families;
  for (const Variant& variant : resolved(experiments() / "quickstart.toml").variants)
    families[variant.experiment.architecture.plugin].push_back(parameters(variant.experiment));
  REQUIRE(families.size() == 2);
  for (const auto& [family, counts] : families) {
    INFO(family);
    REQUIRE(counts.size() >= 4);
    const auto [least, most] = std::minmax_element(counts.begin(), counts.end());
    REQUIRE(*most >= 20 * *least);
  }
}
