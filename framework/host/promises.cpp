#include <etude/architecture.hpp>
#include <etude/testing.hpp>
#include <host/promises.hpp>

namespace etude {
namespace {

const std::vector<std::string> tunes{
    "X:1\nT:The Kesh\nR:jig\nM:6/8\nL:1/8\nK:G\nGAG GAB|ABA ABd|edd gdd|edB dBA|\nGAG GAB|ABA ABd|edd gdB|AGF G3:|\n",
    "X:2\nT:Café ♯\nM:4/4\nL:1/8\nK:C\nCDEF GABc|c2 z2 [CEG]4|]\n"};

/// Sizes that sized() can reach with models that are built in a moment, each at least twice the one before.
std::vector<double> sizes_within_reach(const Part& part, const ModelContext& context) {
  std::vector<double> sizes;
  for (double size = 1e3; size < 1e6; size *= 3) try {
      part.sized(part.options.resolve({}), context, size);
      sizes.push_back(size);
    } catch (const std::exception&) {
      // Whether refusals are right is for the suite to say, of a size that cannot be had.
    }
  return sizes;
}

class Trials {
 public:
  Trials(const PluginFile& plugin, std::filesystem::path scratch) : catalogue_({plugin}), scratch_(std::move(scratch)) {}

  PartTrial operator()(const Part& part, const Table& given) {
    PartTrial trial{part.kind, part.id, testing::check_options(part.options), {}};
    for (const auto& option : part.options)
      if (option.is_required && !given.contains(option.name))
        trial.not_tried.push_back(text("option ", option.name, " must be given: --set ", part.id, ".", option.name, "=..."));
    if (trial.not_tried.empty()) try_made(part, part.options.resolve(given), trial);
    // LibTorch's exceptions bring their stack with them.
    for (auto& promise : trial.broken) promise = promise.substr(0, promise.find("\nException raised from"));
    return trial;
  }

 private:
  void try_made(const Part& part, const Table& options, PartTrial& trial) {
    const auto add = [&](testing::BrokenPromises broken) {
      trial.broken.insert(trial.broken.end(), broken.begin(), broken.end());
    };
    switch (part.kind) {
      case Kind::tokenizer:
        add(testing::check_tokenizer([&] { return catalogue_.make_tokenizer(part.id, options); }, tunes));
        break;
      case Kind::dataset:
        add(testing::check_dataset([&] { return catalogue_.make_dataset(part.id, options, dataset_context()); }));
        break;
      case Kind::architecture:
        add(testing::check_architecture(
            [&](const ModelContext& context) { return catalogue_.make_architecture(part.id, options, context); },
            {.vocab_size = 32, .context_length = 16}));
        if (part.sized) add(try_sizes(part));
        break;
      case Kind::metric:
        add(try_metric(part, options));
        trial.not_tried.push_back("evaluate(), which takes a trained model: name the metric in an experiment, and etude run it");
        break;
    }
  }

  DatasetContext dataset_context() const {
    DatasetContext context;
    context.cache_directory = scratch_;
    return context;
  }

  static testing::BrokenPromises try_sizes(const Part& part) {
    const ModelContext context{.vocab_size = 64, .context_length = 64};
    const auto sizes = sizes_within_reach(part, context);
    if (sizes.empty()) return {"sized() finds a shape for some number of parameters between 1e3 and 1e6"};
    return testing::check_sizes(part, context, sizes);
  }

  testing::BrokenPromises try_metric(const Part& part, const Table& options) const {
    try {
      catalogue_.make_metric(part.id, options)->needs();
      return {};
    } catch (const Error& error) {
      return {text("a metric can be made, and says what it needs: ", error.message())};
    }
  }

  Catalogue catalogue_;
  std::filesystem::path scratch_;
};

}  // namespace

std::vector<PartTrial> try_parts(const PluginFile& plugin, const std::map<std::string, Table>& options,
                                 const std::filesystem::path& scratch) {
  Trials trial(plugin, scratch);
  std::vector<PartTrial> trials;
  for (const auto& part : plugin.parts) {
    const auto given = options.find(part.id);
    trials.push_back(trial(part, given == options.end() ? Table{} : given->second));
  }
  return trials;
}

}  // namespace etude
