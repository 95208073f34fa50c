// What `etude check` found out, for programs.
#include <cli/check_report.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

using Json = nlohmann::ordered_json;

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
  json["runs"] = run.certain ? "always" : "if chosen";
  json["expected"] = run.expected;
  json["own_steps"] = run.own_steps;
  json["parent"] = run.parent ? Json(*run.parent) : Json(nullptr);
  if (const auto& sized = variant.experiment.sized)
    json["sized"] = {{"parameters", sized->parameters}, {"shape", to_json(Value(sized->options))}};
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
  json["selections"] = Json::array();
  for (const Selection& selection : experiment.study.selections) {
    Json at = Json::object();
    for (const auto& [axis, label] : selection.at) at[axis] = label;
    json["selections"].push_back({{"axis", selection.axis}, {"by", selection.by}, {"at", at}});
  }
  json["finish"] = experiment.study.finish;
  json["jobs"] = plan.jobs;
  json["total_seconds"] = plan.seconds ? Json(*plan.seconds) : Json(nullptr);
  json["warnings"] = plan.warnings;
  return json.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace etude
