#include <algorithm>
#include <analysis/scaling.hpp>
#include <base/log.hpp>
#include <base/system.hpp>
#include <cli/command.hpp>
#include <iostream>
#include <study/comparison.hpp>
#include <study/study_runs.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
namespace po = boost::program_options;

/// The value that a word stands for.
template <class T>
T chosen(const std::string& option, const std::string& word, const std::vector<std::pair<const char*, T>>& known) {
  std::string all;
  for (const auto& [name, value] : known) {
    if (word == name) return value;
    all += (all.empty() ? "" : ", ") + std::string(name);
  }
  throw usage_error(text("--", option, " ", word, " is not known"), "known: " + all);
}

po::options_description fit_options() {
  using Texts = std::vector<std::string>;
  po::options_description options;
  auto add = options.add_options();
  add("paths", po::value<Texts>()->composing(), "");
  add("form", po::value<Texts>()->value_name("FORM")->composing(),
      "power: L = (A/N)^alpha; offset: L = E + (A/N)^alpha; chinchilla: L = E + A/N^alpha + B/D^beta; may repeat (default: all "
      "that the points allow)");
  add("method", po::value<std::string>()->default_value("lbfgs"),
      "lbfgs: L-BFGS from many starts; projection: a search over the exponents alone, the rest by linear solves");
  add("count", po::value<std::string>()->default_value("total"),
      "what N counts: total, without_embeddings or body; of a table, what its column counts");
  add("unit", po::value<std::string>()->default_value("nats_per_token"),
      "of the loss: nats_per_token or bits_per_character; of a table, that of its column");
  add("family", po::value<Texts>()->value_name("NAME")->composing(),
      "an axis whose points are families of their own, beside the architectures; of a table the column that tells families "
      "apart");
  add("resamples", po::value<int>()->value_name("N")->default_value(1000), "bootstrap resamples for the 95 % intervals; 0: none");
  add("seed", po::value<std::uint64_t>()->default_value(1), "of the resamples");
  add("threads", po::value<int>()->value_name("N")->default_value(0), "0: all cores; the results are the same");
  add("compute", po::value<std::vector<double>>()->value_name("FLOPS")->composing(),
      "say which N and D are best for this training budget; may repeat (default: the largest of the points)");
  add("csv", po::value<std::string>()->value_name("FILE"),
      "fit points of this table in place of runs; its first line names the columns");
  add("n", po::value<std::string>()->value_name("COLUMN"), "the table's parameters");
  add("d", po::value<std::string>()->value_name("COLUMN"), "its tokens of training; without it chinchilla is not fitted, unless");
  add("flops", po::value<std::string>()->value_name("COLUMN"), "its FLOPs of training are given, of which D is 1 / (6 N)");
  add("loss", po::value<std::string>()->value_name("COLUMN"), "its loss");
  add("where", po::value<Texts>()->value_name("CONDITION")->composing(),
      "only rows with COLUMN=VALUE; also != < <= > >=; may repeat");
  add("json", po::bool_switch(), "print JSON");
  return options;
}

std::string given(const po::variables_map& values, const std::string& name) {
  return values.count(name) ? values[name].as<std::string>() : "";
}

ParameterCount counted(const po::variables_map& values) {
  return chosen<ParameterCount>("count", given(values, "count"),
                                {{"total", ParameterCount::total},
                                 {"without_embeddings", ParameterCount::without_embeddings},
                                 {"body", ParameterCount::body}});
}

LossUnit unit(const po::variables_map& values) {
  return chosen<LossUnit>("unit", given(values, "unit"),
                          {{"nats_per_token", LossUnit::nats_per_token}, {"bits_per_character", LossUnit::bits_per_character}});
}

PointSet points_of_table(const po::variables_map& values) {
  for (const char* name : {"n", "loss"})
    if (!values.count(name)) throw usage_error(text("--csv needs --", name, " COLUMN"), "it names a column of the table");
  if (values.count("paths")) throw usage_error("--csv and runs are both given", "fit one or the other");
  PointColumns columns;
  columns.parameters = given(values, "n");
  columns.tokens = given(values, "d");
  columns.flops = given(values, "flops");
  columns.loss = given(values, "loss");
  const auto families = strings(values, "family");
  if (families.size() > 1) throw usage_error("a table has one column of families", "give --family once");
  if (!families.empty()) columns.family = families[0];
  for (const auto& condition : strings(values, "where")) columns.where.push_back(row_condition(condition));
  PointSet points = points_of_csv(given(values, "csv"), columns);
  // A table does not say what its columns count.
  points.counted = counted(values);
  points.unit = unit(values);
  return points;
}

/// A run's directory is itself; a study's stands for the runs that count.
std::vector<fs::path> runs_of(const std::vector<std::string>& paths) {
  std::vector<fs::path> runs;
  for (const fs::path path : paths) {
    const bool is_study = fs::exists(path / "study.h5");
    for (auto& run : is_study ? selected_runs(path) : find_runs(path))
      if (std::find(runs.begin(), runs.end(), run) == runs.end()) runs.push_back(std::move(run));
  }
  return runs;
}

PointSet points_of_paths(const po::variables_map& values) {
  for (const char* name : {"n", "d", "flops", "loss", "where"})
    if (values.count(name)) throw usage_error(text("--", name, " is of a table"), "give the table with --csv FILE");
  if (!values.count("paths")) throw usage_error("nothing to fit", "name a study, runs, or a table with --csv FILE");
  PointOptions options;
  options.counted = counted(values);
  options.unit = unit(values);
  options.families = strings(values, "family");
  return points_of_runs(runs_of(strings(values, "paths")), options);
}

ScalingOptions scaling_options(const po::variables_map& values) {
  ScalingOptions options;
  for (const auto& form : strings(values, "form"))
    options.forms.push_back(
        chosen<Form>("form", form, {{"power", Form::power}, {"offset", Form::offset}, {"chinchilla", Form::chinchilla}}));
  options.method =
      chosen<FitMethod>("method", given(values, "method"), {{"lbfgs", FitMethod::lbfgs}, {"projection", FitMethod::projection}});
  options.resamples = values["resamples"].as<int>();
  options.seed = values["seed"].as<std::uint64_t>();
  options.threads = values["threads"].as<int>();
  if (options.threads == 0) options.threads = cpu_count();
  if (values.count("compute")) options.budgets = values["compute"].as<std::vector<double>>();
  for (const double flops : options.budgets)
    if (!(flops > 0)) throw usage_error(text("--compute is ", flops), "give it FLOPs, above 0");
  return options;
}

/// The fits of one whole study go into its study.h5.
void record_in_study(const po::variables_map& values, const ScalingAnalysis& analysis) {
  const auto paths = strings(values, "paths");
  if (paths.size() != 1 || !fs::exists(fs::path(paths[0]) / "study.h5")) return;
  try {
    record_fits(paths[0], analysis);
  } catch (const Error& error) {
    log_warning(text("the fits are not in study.h5: ", error.what()));
  }
}

}  // namespace

int fit_command(const Arguments& arguments) {
  po::variables_map values;
  if (!parse_arguments(
          arguments, "fit PATH... | --csv FILE --n COLUMN --loss COLUMN [options]",
          "Fits scaling laws to a study, to runs, or to the rows of a table: parameters with intervals, predictions, and "
          "what the points cannot tell. N: parameters, D: tokens of training, L: loss.",
          fit_options(), "paths", values))
    return 0;
  const ScalingOptions options = scaling_options(values);
  const PointSet points = values.count("csv") ? points_of_table(values) : points_of_paths(values);
  const ScalingAnalysis analysis = analyse(points, options);
  record_in_study(values, analysis);
  std::cout << (values["json"].as<bool>() ? to_json(analysis) : to_text(analysis));
  return 0;
}

}  // namespace etude
