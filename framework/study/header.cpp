#include <ATen/Parallel.h>
#include <torch/version.h>

#include <base/files.hpp>
#include <base/system.hpp>
#include <base/text.hpp>
#include <base/version.hpp>
#include <chrono>
#include <ctime>
#include <host/guard.hpp>
#include <study/header.hpp>

namespace etude {
namespace {

using Facts = std::vector<std::pair<std::string, std::string>>;

std::string now() {
  const auto seconds = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char written[32];
  std::strftime(written, sizeof written, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return written;
}

void add_plugin(Facts& facts, const Catalogue& catalogue, Kind kind, const std::string& id) {
  const auto& file = catalogue.file_of(kind, id);
  facts.emplace_back(text("plugin.", name(kind), ".", id), text(file.id, " ", file.version, " sha256:", file.sha256));
}

/// Processes that wanted a core in the last minute: above zero at the start of a run, others worked beside it.
std::string load_average() {
  double load = 0;
  return getloadavg(&load, 1) == 1 ? fixed(load, 2) : "unknown";
}

template <class Word>
std::string joined(const std::vector<Word>& words) {
  std::string all;
  for (const auto& word : words) all += text(all.empty() ? "" : " ", word);
  return all;
}

Facts provenance(const Experiment& experiment, const Catalogue& catalogue, const Corpus& corpus, const ModelOnDevice& model,
                 const RunContext& context) {
  Facts facts{{"started", now()},
              {"etude_version", ETUDE_SDK_VERSION},
              {"git_commit", source_commit()},
              {"git_dirty", source_dirty() ? "true" : "false"},
              {"libtorch_version", TORCH_VERSION},
              {"cpu", cpu_model()},
              {"device", model.device.str()},
              {"threads", std::to_string(at::get_num_threads())},
              {"jobs", std::to_string(context.jobs)},
              {"command_line", joined(context.command_line)},
              {"corpus_fingerprint", corpus.fingerprint},
              {"transpositions", corpus.transpositions.empty() ? "none" : joined(corpus.transpositions)},
              {"validation_text", corpus.validation_text},
              {"test_text", corpus.test_text},
              {"load_average", load_average()}};
  add_plugin(facts, catalogue, Kind::dataset, experiment.dataset.plugin);
  add_plugin(facts, catalogue, Kind::tokenizer, experiment.tokenizer.plugin);
  add_plugin(facts, catalogue, Kind::architecture, experiment.architecture.plugin);
  for (const auto& metric : experiment.metrics) add_plugin(facts, catalogue, Kind::metric, metric.plugin);
  return facts;
}

std::map<std::string, double> model_facts(const Experiment& experiment, const ModelOnDevice& model) {
  const auto counts = guarded(model.part, "parameter_counts", [&] { return model.model->parameter_counts(); });
  const auto flops = guarded(model.part, "forward_flops_per_token", [&] { return model.model->forward_flops_per_token(); });
  return {{"parameters", static_cast<double>(counts.total())},
          {"parameters_embedding", static_cast<double>(counts.embedding)},
          {"parameters_output", static_cast<double>(counts.output)},
          {"parameters_body", static_cast<double>(counts.body)},
          {"forward_flops_per_token", flops},
          {"training_flops_per_token", 3 * flops},
          {"vocab_size", static_cast<double>(model.model->vocab_size())},
          {"context_length", static_cast<double>(experiment.training.context_length)}};
}

void add_split(std::map<std::string, double>& facts, const std::string& which, const PackedSplit& split) {
  facts[which + "_tokens"] = static_cast<double>(split.tokens.size());
  facts[which + "_documents"] = static_cast<double>(split.documents.size());
  facts[which + "_characters"] = static_cast<double>(split.characters);
  facts[which + "_tokens_per_character"] = split.tokens_per_character();
  facts[which + "_unknown_share"] = split.unknown_share();
}

/// Numbers of the corpus by name, as framework/record/README.md lists them.
std::map<std::string, double> corpus_facts(const Corpus& corpus) {
  std::map<std::string, double> facts;
  for (const Split which : {Split::train, Split::validation, Split::test}) add_split(facts, name(which), corpus.split(which));
  facts["train_documents"] = static_cast<double>(corpus.train_documents);
  facts["train_variants"] = static_cast<double>(corpus.train.documents.size()) - static_cast<double>(corpus.train_documents);
  facts["train_unique_tokens"] = static_cast<double>(corpus.unique_train_tokens);
  facts["transpositions"] = static_cast<double>(corpus.transpositions.size());
  facts["validation_leakage_share"] = corpus.duplicates.validation.share();
  facts["test_leakage_share"] = corpus.duplicates.test.share();
  facts["duplicate_groups"] = static_cast<double>(corpus.duplicates.groups);
  facts["duplicate_documents"] = static_cast<double>(corpus.duplicates.documents);
  facts["vocabulary_used"] = static_cast<double>(corpus.vocabulary_used);
  return facts;
}

}  // namespace

RunHeader run_header(const Variant& variant, const Catalogue& catalogue, const Corpus& corpus, const ModelOnDevice& model,
                     const RunContext& context) {
  RunHeader header;
  header.label = variant.label;
  header.study = context.study;
  header.experiment_toml = to_toml(variant.experiment.resolved);
  header.origins = origins(variant.experiment.resolved);
  header.axes = variant.axes;
  header.provenance = provenance(variant.experiment, catalogue, corpus, model, context);
  header.model = model_facts(variant.experiment, model);
  header.corpus = corpus_facts(corpus);
  return header;
}

}  // namespace etude
