#include <base/interrupt.hpp>
#include <base/system.hpp>
#include <base/table.hpp>
#include <base/text.hpp>
#include <cli/command.hpp>
#include <cli/experiment.hpp>
#include <corpus/corpus.hpp>
#include <etude/unicode.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

namespace etude {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

constexpr std::size_t histogram_rows = 30;
constexpr const char* example_text = "M:4/4\nL:1/8";

struct Prepared {
  std::vector<std::string> labels;  ///< of the variants that use it
  Corpus corpus;
};

/// Each distinct corpus of the study's variants once. Equal dataset, filter, split and tokenizer give the same.
std::vector<Prepared> prepare_all(const LoadedExperiment& loaded, const PrepareOptions& options) {
  std::vector<Prepared> all;
  std::vector<Table> made_of;
  for (const Variant& variant : loaded.study.variants) {
    const Experiment& experiment = variant.experiment;
    const Table recipe{
        {"dataset", Value(experiment.dataset.plugin)},     {"dataset_options", Value(experiment.dataset.options)},
        {"tokenizer", Value(experiment.tokenizer.plugin)}, {"tokenizer_options", Value(experiment.tokenizer.options)},
        {"filter", Value(to_table(experiment.filter))},    {"duplicates", Value(to_table(experiment.duplicates))},
        {"split", Value(to_table(experiment.split))}};
    const auto known = static_cast<std::size_t>(std::find(made_of.begin(), made_of.end(), recipe) - made_of.begin());
    if (known == made_of.size()) {
      made_of.push_back(recipe);
      all.push_back({{}, prepare_corpus(experiment, loaded.catalogue, options)});
    }
    all[known].labels.push_back(variant.label);
  }
  return all;
}

double tokens_per_character(const PackedSplit& split) {
  return split.characters ? static_cast<double>(split.tokens.size()) / static_cast<double>(split.characters) : 0.0;
}

std::string readable(char32_t character) {
  if (character == '\n') return "newline";
  if (character == ' ') return "space";
  if (character < 0x20 || character == 0x7F)
    return text("U+", "0123456789ABCDEF"[character >> 4], "0123456789ABCDEF"[character & 15]);
  std::string out;
  append_utf8(out, character);
  return out;
}

std::string separator_name(const Corpus& corpus) {
  if (corpus.tokenizer->end_of_text()) return text("end-of-text, id ", *corpus.tokenizer->end_of_text());
  std::string ids;
  for (const TokenId id : corpus.separator) ids += text(ids.empty() ? "" : " ", id);
  return text(Value(corpus.separator_text).toml(), ", ids ", ids);
}

std::vector<TokenId> encoded_example(const Corpus& corpus) {
  std::vector<TokenId> ids;
  corpus.tokenizer->encode(example_text, ids);
  return ids;
}

constexpr std::array all_splits{Split::train, Split::validation, Split::test};

void print_splits(const Corpus& corpus) {
  TextTable table({"split", "documents", "characters", "tokens", "tokens a character", "unknown"});
  for (const Split which : all_splits) {
    const PackedSplit& split = corpus.split(which);
    table.add({name(which), std::to_string(split.documents.size()), std::to_string(split.characters),
               std::to_string(split.tokens.size()), fixed(tokens_per_character(split), 3),
               fixed(100 * split.unknown_share(), 4) + " %"});
  }
  std::cout << table.text() << '\n';
}

void print_histogram(const Corpus& corpus) {
  std::int64_t all = 0;
  for (const auto& [character, count] : corpus.histogram) all += count;
  TextTable table({"character", "count", "share"});
  for (std::size_t i = 0; i < std::min(histogram_rows, corpus.histogram.size()); ++i) {
    const auto& [character, count] = corpus.histogram[i];
    table.add({readable(character), std::to_string(count),
               fixed(100 * static_cast<double>(count) / static_cast<double>(all), 2) + " %"});
  }
  std::cout << corpus.histogram.size() << " distinct characters; the most frequent:\n" << table.text() << '\n';
}

void print(const Prepared& prepared, std::size_t variants) {
  const Corpus& corpus = prepared.corpus;
  if (prepared.labels.size() < variants)
    std::cout << "corpus of " << prepared.labels.front() << " and " << prepared.labels.size() - 1 << " more\n\n";
  TextTable outcomes({"outcome", "documents"});
  for (const auto& [result, count] : corpus.outcome_counts) outcomes.add({result, std::to_string(count)});
  if (!outcomes.empty()) std::cout << outcomes.text() << '\n';
  print_splits(corpus);
  print_histogram(corpus);
  std::string ids;
  for (const TokenId id : encoded_example(corpus)) ids += text(ids.empty() ? "" : " ", id);
  std::cout << "vocabulary   " << corpus.vocabulary_used << " of " << corpus.tokenizer->vocab_size() << " ids used in training\n"
            << "separator    " << separator_name(corpus) << "\n"
            << "example      " << Value(example_text).toml() << " is " << ids << "\n"
            << "fingerprint  " << corpus.fingerprint << "\n"
            << "corpus       " << corpus.directory.string() << (corpus.reused ? " (it was there already)" : "") << "\n";
}

Json to_json(const Prepared& prepared) {
  const Corpus& corpus = prepared.corpus;
  Json json{{"variants", prepared.labels},
            {"fingerprint", corpus.fingerprint},
            {"directory", corpus.directory.string()},
            {"reused", corpus.reused}};
  json["outcomes"] = corpus.outcome_counts;
  for (const Split which : all_splits) {
    const PackedSplit& split = corpus.split(which);
    json["splits"][name(which)] = {{"documents", split.documents.size()},
                                   {"characters", split.characters},
                                   {"tokens", split.tokens.size()},
                                   {"tokens_per_character", tokens_per_character(split)},
                                   {"unknown", split.unknown},
                                   {"unknown_share", split.unknown_share()}};
  }
  json["vocab_size"] = corpus.tokenizer->vocab_size();
  json["vocabulary_used"] = corpus.vocabulary_used;
  json["separator"] = {{"text", corpus.separator_text},
                       {"tokens", corpus.separator},
                       {"end_of_text", corpus.tokenizer->end_of_text().has_value()}};
  json["example"] = {{"text", example_text}, {"tokens", encoded_example(corpus)}};
  auto& histogram = json["histogram"] = Json::array();
  for (const auto& [character, count] : corpus.histogram) {
    std::string utf8;
    append_utf8(utf8, character);
    histogram.push_back({{"character", utf8}, {"count", count}});
  }
  return json;
}

}  // namespace

int prepare_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("experiment", po::value<std::string>()->required(), "");
  options.add_options()("json", po::bool_switch(), "print JSON");
  options.add_options()("threads", po::value<int>()->default_value(0), "for conversion and tokenizing; 0: all cores");
  add_experiment_options(options);
  add_output_option(options);
  po::variables_map values;
  if (!parse_arguments(arguments, "prepare EXPERIMENT.toml [options]",
                       "Converts, filters, splits, tokenizes and packs the corpus of an experiment (each corpus of a study), and "
                       "says what came "
                       "of it. What is packed already is reused.",
                       options, "experiment", values))
    return 0;
  catch_interrupts();
  const int threads = values["threads"].as<int>();
  if (threads < 0) throw usage_error(text("--threads is ", threads), "give 0 for all cores, or how many");
  const auto loaded = load_experiment(values);
  const auto output = std::filesystem::absolute(values["output"].as<std::string>()) / ".corpus";
  const auto all = prepare_all(loaded, {output, threads > 0 ? threads : cpu_count()});

  if (values["json"].as<bool>()) {
    Json json = Json::array();
    for (const auto& prepared : all) json.push_back(to_json(prepared));
    std::cout << Json{{"corpora", json}}.dump(2) << '\n';
    return 0;
  }
  for (const auto& prepared : all) print(prepared, loaded.study.variants.size());
  return 0;
}

}  // namespace etude
