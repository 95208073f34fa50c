#include <algorithm>
#include <base/table.hpp>
#include <base/text.hpp>
#include <cli/check_report.hpp>
#include <map>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

using Json = nlohmann::ordered_json;

/// A value of an experiment by its full path.
struct Leaf {
  std::string path;
  Value value;
};

void collect(const Value& value, const std::string& path, std::vector<Leaf>& leaves) {
  if (const Table* table = value.get_if<Table>()) {
    for (const Entry& entry : *table) collect(entry.value, path.empty() ? entry.key : path + "." + entry.key, leaves);
    return;
  }
  const Array* array = value.get_if<Array>();
  if (array && !array->empty() && array->front().get_if<Table>()) {
    for (std::size_t i = 0; i < array->size(); ++i) collect((*array)[i], text(path, "[", i, "]"), leaves);
    return;
  }
  leaves.push_back({path, value});
}

std::vector<Leaf> leaves_of(const Experiment& experiment) {
  std::vector<Leaf> leaves;
  collect(Value(experiment.resolved), "", leaves);
  return leaves;
}

/// A part that the study uses.
struct UsedPart {
  Kind kind;
  std::string id;
  bool operator==(const UsedPart&) const = default;
};

std::vector<UsedPart> used_parts(const Study& study) {
  std::vector<UsedPart> parts;
  const auto add = [&](Kind kind, const std::string& id) {
    if (std::find(parts.begin(), parts.end(), UsedPart{kind, id}) == parts.end()) parts.push_back({kind, id});
  };
  for (const Variant& variant : study.variants) {
    add(Kind::dataset, variant.experiment.dataset.plugin);
    add(Kind::tokenizer, variant.experiment.tokenizer.plugin);
    add(Kind::architecture, variant.experiment.architecture.plugin);
    for (const PluginChoice& metric : variant.experiment.metrics) add(Kind::metric, metric.plugin);
  }
  std::stable_sort(parts.begin(), parts.end(), [](const UsedPart& a, const UsedPart& b) { return a.kind < b.kind; });
  return parts;
}

std::string plugins_text(const LoadedExperiment& experiment) {
  TextTable table;
  for (const auto& [kind, id] : used_parts(experiment.study)) {
    const PluginFile& file = experiment.catalogue.file_of(kind, id);
    table.add({name(kind), id, file.id + " " + file.version, file.file.string()});
  }
  return "plugins\n" + table.text(2);
}

/// The values that all runs share, then those of each run alone.
std::string values_text(const Study& study, bool all) {
  const auto shown = [all](const Leaf& leaf) { return all || leaf.value.origin().source != Origin{}.source; };
  const auto row = [](TextTable& table, const Leaf& leaf) {
    table.add({leaf.path, leaf.value.toml(), leaf.value.origin().text()});
  };
  std::vector<std::vector<Leaf>> runs;
  for (const Variant& variant : study.variants) runs.push_back(leaves_of(variant.experiment));
  const auto shared = [&](const Leaf& leaf) {
    return std::all_of(runs.begin(), runs.end(), [&](const auto& leaves) {
      return std::any_of(leaves.begin(), leaves.end(),
                         [&](const Leaf& other) { return other.path == leaf.path && other.value == leaf.value; });
    });
  };
  TextTable common;
  for (const Leaf& leaf : runs.front())
    if (shown(leaf) && shared(leaf)) row(common, leaf);
  std::string out = text("\nvalues", all ? "" : " (defaults are left out; --values shows them)", "\n", common.text(2));
  for (std::size_t i = 0; i < runs.size() && runs.size() > 1; ++i) {
    TextTable own;
    for (const Leaf& leaf : runs[i])
      if (shown(leaf) && !shared(leaf)) row(own, leaf);
    out += text("  ", study.variants[i].label, "\n", own.text(4));
  }
  return out;
}

std::string corpora_text(const StudyPlan& plan) {
  const auto count = [](std::int64_t value) { return count_text(static_cast<double>(value)); };
  std::string out;
  for (const CorpusPlan& corpus : plan.corpora) {
    out += text("\ncorpus ", corpus.fingerprint.substr(0, 12), " in ", corpus.directory.string(), "\n  ",
                count(corpus.train_tokens), " training, ", count(corpus.validation_tokens), " validation, ",
                count(corpus.test_tokens), " test tokens, vocabulary ", corpus.vocab_size, "\n");
    if (!corpus.transpositions.empty())
      out +=
          text("  ", count(corpus.unique_train_tokens), " of the training tokens are unique, the others their transpositions\n");
    out += text("  ", fixed(corpus.tokens_per_character, 3), " tokens a character, ", share_text(corpus.unknown_share),
                " of the characters unknown\n  near twins in training: ", share_text(corpus.validation_leakage.share()),
                " of the validation documents, ", share_text(corpus.test_leakage.share()), " of the test documents\n");
  }
  return out;
}

std::string grouped(std::int64_t count) {
  std::string digits = std::to_string(count);
  for (auto i = static_cast<std::ptrdiff_t>(digits.size()) - 3; i > 0; i -= 3) digits.insert(static_cast<std::size_t>(i), 1, ',');
  return digits;
}

template <class T, class Format>
std::string or_unknown(const std::optional<T>& value, Format format) {
  return value ? format(*value) : "?";
}

std::string sizes_text(const StudyPlan& plan) {
  TextTable table({"run", "parameters", "embedding", "output", "body", "FLOPs/token", "tokens", "steps", "epochs", "FLOPs"});
  for (const RunPlan& run : plan.runs) {
    const auto of_size = [&](auto format) { return or_unknown(run.size, format); };
    table.add({run.label, of_size([](const ModelSize& s) { return grouped(s.parameters.total()); }),
               of_size([](const ModelSize& s) { return grouped(s.parameters.embedding); }),
               of_size([](const ModelSize& s) { return grouped(s.parameters.output); }),
               of_size([](const ModelSize& s) { return grouped(s.parameters.body); }),
               of_size([](const ModelSize& s) { return count_text(3 * s.forward_flops_per_token); }), grouped(run.tokens),
               grouped(run.steps), or_unknown(run.epochs, [](double epochs) { return fixed(epochs, 2); }),
               of_size([&](const ModelSize& s) {
                 return count_text(3 * s.forward_flops_per_token * static_cast<double>(run.tokens));
               })});
  }
  return "\nsizes (FLOPs of training: three times the forward pass)\n" + table.text(2);
}

std::string costs_text(const StudyPlan& plan) {
  TextTable table({"run", "id", "tokens/s", "peak memory", "training", "validation", "metrics"});
  double seconds = 0;
  bool measured = false;
  if (std::none_of(plan.runs.begin(), plan.runs.end(), [](const RunPlan& run) { return run.id || run.cost; })) return "";
  for (const RunPlan& run : plan.runs) {
    const auto time = [&](double RunEstimate::*part) -> std::string {
      // Without the corpus nobody knows how much there is to validate and to measure.
      if (!run.estimate || (!run.epochs && (*run.estimate).*part == 0)) return "?";
      return duration_text((*run.estimate).*part);
    };
    table.add({run.label, run.id.value_or("?"),
               or_unknown(run.cost,
                          [&](const MeasuredCost& cost) {
                            return count_text(static_cast<double>(run.tokens) / static_cast<double>(run.steps) /
                                              cost.step_seconds);
                          }),
               or_unknown(run.cost, [](const MeasuredCost& cost) { return bytes_text(static_cast<double>(cost.peak_memory)); }),
               time(&RunEstimate::training_seconds), time(&RunEstimate::validation_seconds), time(&RunEstimate::metric_seconds)});
    measured |= run.estimate.has_value();
    seconds += run.estimate ? run.estimate->total_seconds() : 0;
  }
  return text("\ncosts", measured ? ", as measured here with random tokens" : "", "\n", table.text(2),
              measured ? text("  all runs: ", duration_text(seconds), "\n") : "");
}

Json to_json(const Value& value);

struct JsonConverter {
  Json operator()(bool value) const { return value; }
  Json operator()(std::int64_t value) const { return value; }
  Json operator()(double value) const { return value; }
  Json operator()(const std::string& value) const { return value; }
  Json operator()(const Array& array) const {
    Json json = Json::array();
    for (const Value& element : array) json.push_back(to_json(element));
    return json;
  }
  Json operator()(const Table& table) const {
    Json json = Json::object();
    for (const Entry& entry : table) json[entry.key] = to_json(entry.value);
    return json;
  }
};

Json to_json(const Value& value) { return std::visit(JsonConverter{}, value.data()); }

Json plugins_json(const LoadedExperiment& experiment) {
  Json json = Json::array();
  for (const auto& [kind, id] : used_parts(experiment.study)) {
    const PluginFile& file = experiment.catalogue.file_of(kind, id);
    json.push_back({{"kind", name(kind)},
                    {"id", id},
                    {"plugin", file.id},
                    {"version", file.version},
                    {"file", file.file.string()},
                    {"sha256", file.sha256}});
  }
  return json;
}

Json size_json(const ModelSize& size) {
  return {{"parameters", size.parameters.total()},
          {"parameters_embedding", size.parameters.embedding},
          {"parameters_output", size.parameters.output},
          {"parameters_body", size.parameters.body},
          {"forward_flops_per_token", size.forward_flops_per_token},
          {"training_flops_per_token", 3 * size.forward_flops_per_token}};
}

Json estimate_json(const MeasuredCost& cost, const RunEstimate& estimate) {
  return {{"step_seconds", cost.step_seconds},
          {"peak_memory", cost.peak_memory},
          {"extrapolated", cost.extrapolated},
          {"training_seconds", estimate.training_seconds},
          {"validation_seconds", estimate.validation_seconds},
          {"metric_seconds", estimate.metric_seconds},
          {"total_seconds", estimate.total_seconds()}};
}

Json run_json(const Variant& variant, const RunPlan& run) {
  Json json{{"label", run.label}, {"id", nullptr}, {"axes", Json::object()}};
  if (run.id) json["id"] = *run.id;
  for (const auto& [axis, label] : variant.axes) json["axes"][axis] = label;
  json["values"] = to_json(Value(variant.experiment.resolved));
  json["origins"] = Json::object();
  for (const auto& [path, origin] : origins(variant.experiment.resolved)) json["origins"][path] = origin;
  json["model"] = run.size ? size_json(*run.size) : Json(nullptr);
  json["tokens"] = run.tokens;
  json["steps"] = run.steps;
  json["epochs"] = run.epochs ? Json(*run.epochs) : Json(nullptr);
  json["estimate"] = run.cost && run.estimate ? estimate_json(*run.cost, *run.estimate) : Json(nullptr);
  return json;
}

}  // namespace

std::string check_text(const LoadedExperiment& experiment, const StudyPlan& plan, bool all_values) {
  const Study& study = experiment.study;
  std::string out =
      text(study.file.string(), ": study ", study.name, ", ", counted(std::ssize(study.variants), "run"), "\n\n",
           plugins_text(experiment), values_text(study, all_values), corpora_text(plan), sizes_text(plan), costs_text(plan));
  for (const std::string& warning : plan.warnings) out += "\nwarning: " + warning;
  if (!plan.warnings.empty()) out += "\n";
  return out;
}

std::string check_json(const LoadedExperiment& experiment, const StudyPlan& plan) {
  Json json{
      {"experiment", experiment.study.file.string()}, {"study", experiment.study.name}, {"plugins", plugins_json(experiment)}};
  json["corpora"] = Json::array();
  for (const CorpusPlan& corpus : plan.corpora)
    json["corpora"].push_back({{"fingerprint", corpus.fingerprint},
                               {"directory", corpus.directory.string()},
                               {"train_tokens", corpus.train_tokens},
                               {"validation_tokens", corpus.validation_tokens},
                               {"test_tokens", corpus.test_tokens},
                               {"vocab_size", corpus.vocab_size},
                               {"vocabulary_used", corpus.vocabulary_used},
                               {"unique_train_tokens", corpus.unique_train_tokens},
                               {"transpositions", corpus.transpositions},
                               {"tokens_per_character", corpus.tokens_per_character},
                               {"unknown_share", corpus.unknown_share},
                               {"validation_leakage", corpus.validation_leakage.share()},
                               {"test_leakage", corpus.test_leakage.share()}});
  json["runs"] = Json::array();
  for (std::size_t i = 0; i < plan.runs.size(); ++i) json["runs"].push_back(run_json(experiment.study.variants[i], plan.runs[i]));
  json["warnings"] = plan.warnings;
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace etude
