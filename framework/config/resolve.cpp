// From merged tables to checked experiments.
#include <algorithm>
#include <base/words.hpp>
#include <config/axes.hpp>
#include <config/checks.hpp>
#include <config/experiment.hpp>
#include <config/known.hpp>
#include <config/merge.hpp>
#include <config/paths.hpp>
#include <config/shape.hpp>
#include <config/study_section.hpp>
#include <host/catalogue.hpp>
#include <tuple>

namespace etude {
namespace {

const std::vector<std::string> sections = {"name",      "plugins",      "dataset",  "filter", "duplicates", "split",
                                           "tokenizer", "architecture", "training", "metric", "study"};

std::vector<std::string> ids(const Catalogue& catalogue, Kind kind) {
  std::vector<std::string> result;
  for (const auto& plugin : catalogue.plugins())
    for (const auto& part : plugin.parts)
      if (part.kind == kind && std::find(result.begin(), result.end(), part.id) == result.end()) result.push_back(part.id);
  std::sort(result.begin(), result.end());
  return result;
}

/// Resolves one variant, adding to the problems of all.
class Resolver {
 public:
  Resolver(const Catalogue& catalogue, const std::filesystem::path& file, std::vector<Problem>& problems)
      : catalogue_(catalogue), file_(file), problems_(problems) {}

  Experiment resolve(const std::string& name, const Table& values) {
    check_keys(values, sections, "", problems_);
    Experiment experiment;
    experiment.name = name;
    const std::size_t before = problems_.size();
    experiment.dataset = part(values, Kind::dataset);
    experiment.filter = options<FilterOptions>(values, "filter");
    experiment.duplicates = options<DuplicateOptions>(values, "duplicates");
    experiment.split = options<SplitOptions>(values, "split");
    experiment.tokenizer = part(values, Kind::tokenizer);
    experiment.architecture = part(values, Kind::architecture);
    if (!values.contains("training"))
      missing("training", "how long and how fast to learn; at least [training] tokens = ... or steps = ...");
    experiment.training = options<TrainingOptions>(values, "training");
    experiment.metrics = metrics(values);
    if (problems_.size() == before)
      choose_shape(experiment, catalogue_, *values.find("architecture")->get_if<Table>(), problems_);
    if (problems_.size() == before) cross_check(experiment, values, problems_);
    if (problems_.size() == before) experiment.resolved = resolved_table(experiment, values);
    return experiment;
  }

 private:
  void missing(const std::string& section, const std::string& remedy) {
    problems_.push_back({Origin{file_.string()}, text("the section [", section, "] is missing"), remedy});
  }

  /// The table of a section; null, with a problem noted, if it is something else.
  const Table* table_of(const Value& value, const std::string& path) {
    const Table* table = value.get_if<Table>();
    if (!table)
      problems_.push_back({value.origin(), text(path, " must be a table, not the ", value.type_name(), " ", value.toml()),
                           text("write it as [", path, "]")});
    return table;
  }

  PluginChoice part(const Table& values, Kind kind) {
    const Value* section = values.find(name(kind));
    if (section) return choice(*section, kind);
    missing(name(kind), text("it names the ", name(kind), ": plugin = one of ", joined(ids(catalogue_, kind))));
    return {};
  }

  PluginChoice choice(const Value& section, Kind kind) {
    const std::string path = name(kind);
    const Table* table = table_of(section, path);
    if (!table) return {};
    const Value* plugin = table->find("plugin");
    const auto* id = plugin ? plugin->get_if<std::string>() : nullptr;
    if (!id) {
      problems_.push_back({plugin ? plugin->origin() : section.origin(),
                           text(path, ".plugin ", plugin ? "must be a string" : "is missing"),
                           text("set it to one of ", joined(ids(catalogue_, kind)))});
      return {};
    }
    const Part* found = find(kind, *id, plugin->origin());
    if (!found) return {};
    Table given = *table;
    given.erase("plugin");
    if (wanted_size(given, *found)) given.erase("parameters");
    return {*id, checked(given, found->options, path, *id, section.origin()), section.origin()};
  }

  const Part* find(Kind kind, const std::string& id, const Origin& origin) {
    try {
      return &catalogue_.find(kind, id);
    } catch (const Error& error) {
      problems_.push_back({origin, error.message(), error.remedy()});
      return nullptr;
    }
  }

  /// `given` with paths made absolute and defaults filled in; what is wrong is noted.
  Table checked(Table given, const OptionTable& table, const std::string& path, const std::string& owner, const Origin& origin) {
    std::vector<Problem> found = table.check(given, path, owner);
    for (Problem& problem : found) {
      if (!problem.origin.source.empty()) continue;
      problem.origin = origin;  // missing options stand nowhere
      problem.remedy += ", in the file or with --set";
    }
    problems_.insert(problems_.end(), found.begin(), found.end());
    if (!found.empty()) return given;
    resolve_paths(given, table);
    return table.resolve(given);
  }

  template <class Options>
  Options options(const Table& values, const std::string& path) {
    const Value* section = values.find(path);
    const Table* given = section ? table_of(*section, path) : nullptr;
    if (!given) return {};
    const std::size_t before = problems_.size();
    const Table complete = checked(*given, Options::fields(), path, "", section->origin());
    return problems_.size() == before ? parse_options<Options>(complete, path, "", problems_) : Options{};
  }

  std::vector<PluginChoice> metrics(const Table& values) {
    std::vector<PluginChoice> result;
    const Value* section = values.find("metric");
    if (!section) return result;
    const Array* array = section->get_if<Array>();
    if (!array) {
      problems_.push_back(
          {section->origin(), "metric must be an array of tables", "write each metric as [[metric]], with two brackets"});
      return result;
    }
    for (const Value& element : *array) result.push_back(choice(element, Kind::metric));
    return result;
  }

  template <class Options>
  static Value complete(const Table& values, const std::string& path) {
    const Value* section = values.find(path);
    Table given = section ? *section->get_if<Table>() : Table{};
    resolve_paths(given, Options::fields());
    return Value(Options::fields().resolve(given), section ? section->origin() : Origin{});
  }

  static Value complete(const PluginChoice& choice, const Value& section) {
    Table table;
    set_entry(table, {"plugin", *section.get_if<Table>()->find("plugin"), choice.origin});
    for (const Entry& entry : choice.options) set_entry(table, entry);
    return Value(std::move(table), choice.origin);
  }

  /// Everything in canonical order.
  static Table resolved_table(const Experiment& experiment, const Table& values) {
    Table resolved;
    const Value* given_name = values.find("name");
    resolved.set("name", Value(experiment.name, given_name ? given_name->origin() : Origin{}));
    resolved.set("dataset", complete(experiment.dataset, *values.find("dataset")));
    resolved.set("filter", complete<FilterOptions>(values, "filter"));
    resolved.set("duplicates", complete<DuplicateOptions>(values, "duplicates"));
    resolved.set("split", complete<SplitOptions>(values, "split"));
    resolved.set("tokenizer", complete(experiment.tokenizer, *values.find("tokenizer")));
    resolved.set("architecture", complete(experiment.architecture, *values.find("architecture")));
    resolved.set("training", complete<TrainingOptions>(values, "training"));
    if (const Value* section = values.find("metric")) {
      Array metrics;
      for (std::size_t i = 0; i < experiment.metrics.size(); ++i)
        metrics.push_back(complete(experiment.metrics[i], (*section->get_if<Array>())[i]));
      resolved.set("metric", Value(std::move(metrics), section->origin()));
    }
    return resolved;
  }

  const Catalogue& catalogue_;
  const std::filesystem::path& file_;
  std::vector<Problem>& problems_;
};

/// The experiment's name, which names the study's folder: `name`, else the file's.
std::string experiment_name(const ExperimentDocument& document, std::vector<Problem>& problems) {
  const Value* given = document.merged.find("name");
  if (!given) return document.file.stem().string();
  const auto* word = given->get_if<std::string>();
  if (word && safe_as_file_name(*word)) return *word;
  problems.push_back({given->origin(), text("name ", given->toml(), " cannot be a folder's name"),
                      "use a string of letters, digits and . _ + - (not first), at most 100"});
  return "experiment";
}

void check_plugins_section(const Table& merged, std::vector<Problem>& problems) {
  const Value* plugins = merged.find("plugins");
  if (plugins && plugins->get_if<Table>()) check_keys(*plugins->get_if<Table>(), {"directories"}, "plugins", problems);
}

/// Two runs with the same values would be one run under two names: an axis varies nothing, or --set fixed what it varies.
void check_distinct(const std::vector<Variant>& variants, std::vector<Problem>& problems) {
  for (std::size_t i = 0; i < variants.size(); ++i)
    for (std::size_t j = 0; j < i; ++j)
      if (variants[i].experiment.resolved == variants[j].experiment.resolved) {
        problems.push_back(
            {Origin{""}, text("the runs ", variants[j].label, " and ", variants[i].label, " have the same values"),
             "let the axes differ; --set wins over them, so that --set of what an axis varies makes its runs equal"});
        return;
      }
}

}  // namespace

Study resolve_study(const ExperimentDocument& document, const Catalogue& catalogue) {
  std::vector<Problem> problems;
  Study study;
  study.name = experiment_name(document, problems);
  study.file = document.file;
  check_plugins_section(document.merged, problems);
  plugin_directories(document);  // throws if they are malformed
  read_study_section(document.merged, study, problems);
  for (VariantTable& variant : expand_axes(document.merged, document.overrides, study.name)) {
    Resolver resolver(catalogue, document.file, problems);
    Experiment experiment = resolver.resolve(study.name, variant.values);
    study.variants.push_back({std::move(variant.label), std::move(variant.axes), std::move(experiment)});
  }
  if (problems.empty()) check_distinct(study.variants, problems);
  if (problems.empty()) check_selections(study, problems);
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.origin.source, a.origin.line, a.origin.column) < std::tie(b.origin.source, b.origin.line, b.origin.column);
  });
  throw_problems(problems);
  return study;
}

}  // namespace etude
