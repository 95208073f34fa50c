#include <charconv>
#include <study/trained_model.hpp>
#include <train/device.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

std::int64_t find_step(const Checkpoints& checkpoints, const std::string& wanted, const fs::path& run) {
  std::optional<std::int64_t> step;
  if (wanted == "newest" || wanted == "best") {
    const auto state = wanted == "best" ? checkpoints.best() : checkpoints.newest();
    if (state) step = state->step;
  } else {
    std::int64_t number = 0;
    const auto end = wanted.data() + wanted.size();
    if (std::from_chars(wanted.data(), end, number).ptr != end || wanted.empty())
      throw usage_error("no checkpoint is called " + wanted, "give newest, best, or the number of a step");
    for (const auto existing : checkpoints.steps())
      if (existing == number) step = number;
  }
  if (step) return *step;
  std::string steps;
  for (const auto existing : checkpoints.steps()) steps += text(steps.empty() ? "" : ", ", existing);
  throw Error(text("run ", run.string(), " has no checkpoint ", wanted),
              steps.empty() ? "it has none at all yet" : "it has these steps: " + steps);
}

/// End-of-text, or the separator of the dataset as the tokenizer writes it.
std::vector<TokenId> separator_of(const Tokenizer& tokenizer, const Experiment& experiment, const Catalogue& catalogue) {
  if (const auto end = tokenizer.end_of_text()) return {*end};
  std::vector<TokenId> ids;
  tokenizer.encode(catalogue.make_dataset(experiment.dataset.plugin, experiment.dataset.options, {})->separator(), ids);
  return ids;
}

/// A file that the tokenizer was made from may be gone, or another by now: the run has its own.
Table with_own_file(Table options, const fs::path& run) {
  const Value* file = options.find("file");
  const auto* name = file ? file->get_if<std::string>() : nullptr;
  if (name && !name->empty()) options.set("file", Value(fs::absolute(run / "tokenizer.json").string()));
  return options;
}

}  // namespace

TrainedModel load_trained_model(const fs::path& run, const std::string& checkpoint, const std::vector<fs::path>& plugin_dirs,
                                const std::vector<std::string>& overrides) {
  if (!fs::exists(run / "experiment.toml"))
    throw usage_error(run.string() + " is no run: it has no experiment.toml",
                      "give the directory of one run, runs/<study>/<run>");
  // The first weights have done their work; their file may be gone.
  auto with_own_weights = overrides;
  with_own_weights.emplace_back("training.init_from=");
  const auto document = read_experiment(run / "experiment.toml", with_own_weights);
  TrainedModel trained{Catalogue::load(plugin_search_path(plugin_dirs, plugin_directories(document))), {}, {}, {}, {}, 0};
  trained.experiment = resolve_study(document, trained.catalogue).variants.at(0).experiment;
  set_threads(trained.experiment.training.threads);
  trained.tokenizer = trained.catalogue.make_tokenizer(trained.experiment.tokenizer.plugin,
                                                       with_own_file(trained.experiment.tokenizer.options, run));
  trained.tokenizer->load(run / "tokenizer.json");
  trained.separator = separator_of(*trained.tokenizer, trained.experiment, trained.catalogue);

  const Checkpoints checkpoints(run / "checkpoints");
  trained.step = find_step(checkpoints, checkpoint, run);
  trained.on_device = build_model(trained.experiment, trained.catalogue, trained.tokenizer->vocab_size());
  checkpoints.load_model(trained.step, *trained.on_device.model);
  return trained;
}

}  // namespace etude
