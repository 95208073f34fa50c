#include <base/files.hpp>
#include <config/canonical.hpp>
#include <corpus/fingerprint.hpp>
#include <corpus/variants.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

// Part of every fingerprint: another layout of the files, another meaning of their content, or another default of an option
// (defaults do not enter) is another corpus.
constexpr int corpus_format = 3;

/// Files by their content. A folder, or what is not there (the plugin will say so), by its path.
Value by_content(const Value& value) {
  if (const auto* path = value.get_if<std::string>()) {
    std::error_code error;
    return path->empty() || !fs::is_regular_file(*path, error) ? value : Value("sha256:" + sha256_of_file(*path));
  }
  if (const auto* list = value.get_if<Array>()) {
    Array contents;
    for (const Value& path : *list) contents.push_back(by_content(path));
    return Value(std::move(contents));
  }
  return value;
}

bool names_files(const OptionSpec& spec) { return spec.type.find("path") != std::string::npos; }

Table significant(const Table& values, const OptionTable& options) {
  Table kept;
  for (const auto& spec : options) {
    const Value* value = values.find(spec.name);
    if (!value || !spec.affects_result) continue;
    if (spec.nested && value->get_if<Table>()) {
      Table inner = significant(*value->get_if<Table>(), *spec.nested);
      if (!inner.empty()) kept.set(spec.name, Value(std::move(inner)));
    } else if (!(*value == spec.default_value)) {
      kept.set(spec.name, names_files(spec) ? by_content(*value) : *value);
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

template <class Options>
Table section(const Options& options) {
  return significant(to_table(options), Options::fields());
}

}  // namespace

StageKeys stage_keys(const Experiment& experiment, const Catalogue& catalogue, Dataset& dataset, const fs::path& directory) {
  const auto key = [&](const char* kind, const Table& made_of) {
    return StageKey(kind, directory, canonical_json(Value(made_of)));
  };
  const Table documents{{"format", Value(corpus_format)},
                        {"sources", Value(dataset.fingerprint())},
                        {"dataset", Value(part(catalogue, Kind::dataset, experiment.dataset))}};
  Table texts = documents;
  texts.set("filter", Value(section(experiment.filter)));
  texts.set("duplicates", Value(section(experiment.duplicates)));
  texts.set("split", Value(section(experiment.split)));
  const auto transpositions = transpositions_of(dataset);
  Array semitones(transpositions.begin(), transpositions.end());
  if (!semitones.empty()) texts.set("transpositions", Value(std::move(semitones)));
  Table signatures = documents;
  signatures.set("shingle_bars", Value(experiment.duplicates.shingle_bars));
  Table ratios = documents;
  ratios.set("ratios", Value("gzip, level 9"));
  Table tokens = texts;
  tokens.set("separator", Value(dataset.separator()));
  tokens.set("tokenizer", Value(part(catalogue, Kind::tokenizer, experiment.tokenizer)));
  return {key("documents", documents), key("ratios", ratios), key("signatures", signatures), key("texts", texts),
          key("tokens", tokens)};
}

}  // namespace etude
