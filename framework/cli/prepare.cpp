#include <base/interrupt.hpp>
#include <base/system.hpp>
#include <cli/command.hpp>
#include <cli/experiment.hpp>
#include <cli/prepare_report.hpp>
#include <corpus/outcome_table.hpp>
#include <corpus/prepare.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;
using Json = nlohmann::ordered_json;

/// Each distinct corpus of the study's variants once. Equal dataset, filter, split and tokenizer give the same.
std::vector<PreparedCorpus> prepare_all(const LoadedExperiment& loaded, const PrepareOptions& options, std::int64_t analyze) {
  std::vector<PreparedCorpus> all;
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
      all.push_back({{}, &experiment, prepare_corpus(experiment, loaded.catalogue, options), {}});
      const double threshold = experiment.filter.min_gzip_ratio;
      const CorpusReportOptions report{analyze, threshold > 0 ? threshold : study_gzip_ratio, options.threads,
                                       [&] { return prepare_documents(experiment, loaded.catalogue, options); }};
      all.back().report = report_corpus(all.back().corpus, report);
    }
    all[known].labels.push_back(variant.label);
  }
  return all;
}

void write_outcomes(const std::filesystem::path& file, const std::vector<PreparedCorpus>& all) {
  for (const auto& prepared : all)
    if (prepared.corpus.texts_directory != all.front().corpus.texts_directory)
      throw usage_error("--outcomes writes the table of one corpus, and the study's corpora differ in more than their tokenizers",
                        "prepare them one by one: choose with --set");
  write_outcome_table(file, all.front().corpus);
}

bool nothing_done(const PreparedCorpus& prepared) { return prepared.corpus.reused && prepared.report.reused; }

void print(const std::vector<PreparedCorpus>& all, std::size_t variants) {
  for (const auto& prepared : all) {
    if (prepared.labels.size() < variants)
      std::cout << "corpus of " << prepared.labels.front()
                << (prepared.labels.size() > 1 ? text(" and ", prepared.labels.size() - 1, " more") : "") << "\n\n";
    std::cout << prepare_text(prepared);
  }
  if (std::all_of(all.begin(), all.end(), nothing_done)) std::cout << "nothing was to be done: all of it was there already\n";
}

}  // namespace

int prepare_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("experiment", po::value<std::string>()->required(), "");
  options.add_options()(
      "analyze", po::value<std::int64_t>()->value_name("N"),
      "look at N documents before any filter, drawn at random: gzip ratios, thresholds, lengths, songs, charts");
  options.add_options()("outcomes", po::value<std::string>()->value_name("FILE.tsv"),
                        "write what became of each source and each document; -: on standard output");
  options.add_options()("json", po::bool_switch(), "print JSON");
  options.add_options()("threads", po::value<int>()->default_value(0), "for conversion and tokenizing; 0: all cores");
  add_experiment_options(options);
  add_output_option(options);
  po::variables_map values;
  if (!parse_arguments(arguments, "prepare EXPERIMENT.toml [options]",
                       "Converts, filters, splits, tokenizes and packs the corpus of an experiment (each corpus of a study), and "
                       "says what came of it. What is there already is reused.",
                       options, "experiment", values))
    return 0;
  catch_interrupts();
  const int threads = values["threads"].as<int>();
  const std::int64_t analyze = values.count("analyze") ? values["analyze"].as<std::int64_t>() : 0;
  if (values.count("analyze") && analyze < 1)
    throw usage_error(text("--analyze is ", analyze), "give how many documents to draw, for example 20000");
  const auto loaded = load_experiment(values);
  const auto output = std::filesystem::absolute(values["output"].as<std::string>()) / ".corpus";
  const auto all = prepare_all(loaded, {output, threads > 0 ? threads : cpu_count()}, analyze);

  if (values.count("outcomes")) write_outcomes(values["outcomes"].as<std::string>(), all);
  if (values.count("outcomes") && values["outcomes"].as<std::string>() == "-") return 0;  // nothing else belongs there
  if (values["json"].as<bool>()) {
    Json json = Json::array();
    for (const auto& prepared : all) json.push_back(prepare_json(prepared));
    std::cout << Json{{"corpora", json}}.dump(2, ' ', false, Json::error_handler_t::replace) << '\n';
    return 0;
  }
  print(all, loaded.study.variants.size());
  return 0;
}

}  // namespace etude
