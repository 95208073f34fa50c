#include <base/files.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/table.hpp>
#include <base/text.hpp>
#include <cli/command.hpp>
#include <cli/metric_table.hpp>
#include <cmath>
#include <corpus/corpus.hpp>
#include <iostream>
#include <nlohmann/json.hpp>
#include <study/run_one.hpp>
#include <study/trained_model.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;
namespace fs = std::filesystem;
using nlohmann::json;

json number(double value) { return std::isfinite(value) ? json(value) : json(nullptr); }

void print_json(const std::map<std::string, MetricResult>& results, std::int64_t step) {
  json all{{"step", step}, {"metrics", json::object()}};
  for (const auto& [id, result] : results)
    for (const auto& [name, scalar] : result.scalars) {
      json entry{{"value", number(scalar.value)}, {"lossy", scalar.lossy}};
      if (scalar.low) entry["low"] = number(*scalar.low);
      if (scalar.high) entry["high"] = number(*scalar.high);
      all["metrics"][id][name] = entry;
    }
  for (const auto& [id, result] : results) {
    for (const auto& [name, table] : result.tables) all["tables"][id][name] = table_json(table);
    for (const auto& sample : result.samples)
      all["samples"][id].push_back({{"text", sample.text}, {"verdict", sample.verdict}, {"file", sample.file.string()}});
  }
  std::cout << all.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

void print_table(const std::map<std::string, MetricResult>& results) {
  TextTable table({"metric", "value", "95 % from", "to", "note"});
  for (const auto& [id, result] : results)
    for (const auto& [name, scalar] : result.scalars)
      table.add({id + "." + name, fixed(scalar.value, 6), scalar.low ? fixed(*scalar.low, 6) : "",
                 scalar.high ? fixed(*scalar.high, 6) : "", scalar.lossy ? "lossy: the text has unknown characters" : ""});
  std::cout << table.text();
  for (const auto& [id, result] : results)
    for (const auto& [name, one] : result.tables) std::cout << '\n' << id << ", " << name << '\n' << text_table(one).text();
  for (const auto& [id, result] : results)
    for (const auto& file : result.files) std::cout << "file " << file.string() << '\n';
}

/// `<run>/../..`, where `etude run` put the run, unless --output says otherwise.
fs::path output_of(const po::variables_map& values) {
  if (values.count("output")) return values["output"].as<std::string>();
  return fs::absolute(values["run"].as<std::string>()).lexically_normal().parent_path().parent_path();
}

}  // namespace

int evaluate_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("run", po::value<std::string>()->required(), "")(
      "checkpoint", po::value<std::string>()->default_value("newest")->value_name("WHICH"),
      "newest, best, or the number of a step")("output", po::value<std::string>()->value_name("DIR"),
                                               "where packed corpora are (default: two folders above the run)")("json",
                                                                                                                "print JSON");
  add_experiment_options(options);
  po::variables_map values;
  if (!parse_arguments(
          arguments, "evaluate RUN [options]",
          "Runs the metrics of a run's experiment on its model again and prints them; the record of the run stays as it is.\n"
          "With --set other options of the metrics can be tried.",
          options, "run", values))
    return 0;
  catch_interrupts();
  const fs::path run = values["run"].as<std::string>();
  const auto trained = load_trained_model(run, values["checkpoint"].as<std::string>(), plugin_dirs(values), overrides(values));
  if (trained.experiment.metrics.empty())
    throw usage_error("the experiment of " + run.string() + " has no [[metric]]",
                      "add one, for example --set 'metric=[{plugin=\"perplexity\"}]'");
  const auto corpus = prepare_corpus(trained.experiment, trained.catalogue, {output_of(values) / ".corpus", 1});
  if (read_file(corpus.directory / "tokenizer.json") != read_file(run / "tokenizer.json"))
    throw Error(text("the corpus in ", corpus.directory.string(), " is not in the tokens that ", run.string(), " learned"),
                "its music or its tokenizer's file changed since: put back what was there, or train a new run");
  const std::string place = text("evaluated-step-", trained.step);
  const auto results = measure_metrics(trained.experiment, trained.catalogue, trained.on_device, corpus,
                                       {run / "metrics" / place, run / "samples" / place});
  if (values.count("json")) {
    print_json(results, trained.step);
  } else {
    print_table(results);
  }
  return 0;
}

}  // namespace etude
