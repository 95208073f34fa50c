#include <base/files.hpp>
#include <config/canonical.hpp>
#include <corpus/fingerprint.hpp>

namespace etude {
namespace {

// Part of every fingerprint: another layout of the files, or another meaning of their content, is another corpus.
constexpr int corpus_format = 1;

Table significant(const Table& values, const OptionTable& options) {
  Table kept;
  for (const auto& spec : options) {
    const Value* value = values.find(spec.name);
    if (!value || !spec.affects_result) continue;
    if (spec.nested && value->get_if<Table>()) {
      Table inner = significant(*value->get_if<Table>(), *spec.nested);
      if (!inner.empty()) kept.set(spec.name, Value(std::move(inner)));
    } else if (!(*value == spec.default_value)) {
      kept.set(spec.name, *value);
    }
  }
  return kept;
}

Table part(const Catalogue& catalogue, Kind kind, const PluginChoice& choice) {
  const PluginFile& file = catalogue.file_of(kind, choice.plugin);
  return Table{{"id", Value(choice.plugin)},
               {"plugin", Value(file.id)},
               {"version", Value(file.version)},
               {"options", Value(significant(choice.options, catalogue.find(kind, choice.plugin).options))}};
}

std::string digest(const Table& table) { return sha256(canonical_json(Value(table))); }

}  // namespace

std::string texts_fingerprint(const Experiment& experiment, const Catalogue& catalogue, Dataset& dataset) {
  return digest(Table{{"format", Value(corpus_format)},
                      {"sources", Value(dataset.fingerprint())},
                      {"dataset", Value(part(catalogue, Kind::dataset, experiment.dataset))},
                      {"filter", Value(significant(to_table(experiment.filter), FilterOptions::fields()))},
                      {"split", Value(significant(to_table(experiment.split), SplitOptions::fields()))}});
}

std::string corpus_fingerprint(const Experiment& experiment, const Catalogue& catalogue, const std::string& texts_fingerprint,
                               const std::string& separator) {
  return digest(Table{{"format", Value(corpus_format)},
                      {"texts", Value(texts_fingerprint)},
                      {"separator", Value(separator)},
                      {"tokenizer", Value(part(catalogue, Kind::tokenizer, experiment.tokenizer))}});
}

}  // namespace etude
