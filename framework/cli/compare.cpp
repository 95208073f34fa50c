#include <algorithm>
#include <base/log.hpp>
#include <base/text.hpp>
#include <cli/command.hpp>
#include <cli/watch.hpp>
#include <iostream>
#include <sstream>
#include <study/comparison.hpp>
#include <study/grouped_comparison.hpp>
#include <study/runs_to_compare.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

constexpr int interrupted_exit = 130;

std::string format_of(const po::variables_map& values) {
  const auto format = values["format"].as<std::string>();
  const bool json = values["json"].as<bool>();
  if (json && !values["format"].defaulted() && format != "json")
    throw usage_error("--json is --format json, and --format says another", "give one of them");
  if (json) return "json";
  for (const char* known : {"table", "csv", "json", "markdown"})
    if (format == known) return format;
  throw usage_error("unknown format " + format, "formats: table, csv, json, markdown");
}

template <class Compared>
std::string printed(const Compared& comparison, const std::string& format) {
  if (format == "csv") return comparison.csv();
  if (format == "json") return comparison.json();
  return format == "markdown" ? comparison.markdown() : comparison.table();
}

/// The keys of all --by: each may name several with commas between.
std::vector<std::string> keys_of(const po::variables_map& values) {
  std::vector<std::string> keys;
  for (const auto& given : strings(values, "by")) {
    std::istringstream in(given);
    for (std::string key; std::getline(in, key, ',');)
      if (!key.empty() && std::find(keys.begin(), keys.end(), key) == keys.end()) keys.push_back(key);
  }
  if (keys.empty() && values.count("by"))
    throw usage_error("--by names nothing to group by", text("give an axis of the study, a key, or ", by_configuration));
  return keys;
}

std::optional<Measure> measure_of(const po::variables_map& values) {
  if (!values.count("measure")) return std::nullopt;
  const auto wanted = values["measure"].as<std::string>();
  for (const Measure measure : {Measure::validation_loss, Measure::bits_per_character})
    if (wanted == name(measure)) return measure;
  throw usage_error("unknown measure " + wanted, "measures: validation_loss, bits_per_character");
}

/// How runs are grouped; nothing: each stands for itself.
std::optional<Grouping> grouping_of(const po::variables_map& values) {
  Grouping grouping{.by = keys_of(values), .measure = measure_of(values)};
  if (values.count("baseline")) grouping.baseline = values["baseline"].as<std::string>();
  if (grouping.by.empty() && grouping.baseline.empty() && !grouping.measure) return std::nullopt;
  if (grouping.by.empty()) grouping.by = {by_configuration};
  return grouping;
}

std::string compared(const Comparison& runs, const std::optional<Grouping>& grouping, const po::variables_map& values,
                     const std::string& format) {
  const auto sorted = [&](auto comparison) {
    if (values.count("sort")) comparison.sort(values["sort"].as<std::string>());
    return printed(comparison, format);
  };
  return grouping ? sorted(GroupedComparison(runs.runs(), *grouping)) : sorted(runs);
}

po::options_description compare_options() {
  po::options_description options;
  const auto texts = [] { return po::value<std::vector<std::string>>()->composing(); };
  const auto word = [](const char* name) { return po::value<std::string>()->value_name(name); };
  options.add_options()("paths", texts()->required(), "")(
      "by", texts()->value_name("KEY"),
      "group runs: means and spread over seeds, differences with 95 % intervals. An axis of the study, a key as "
      "training.tokens, study, label, or configuration (all but the seeds); several with commas between")(
      "baseline", word("GROUP"), "what the other groups are compared with (default: the best)")(
      "measure", word("LOSS"), "of the differences: validation_loss (default) or bits_per_character, where tokens differ")(
      "all", po::bool_switch(), "also runs that a study only tried to choose a point of an axis")(
      "watch", po::bool_switch(), "follow runs that go on, to their end, and compare them then")(
      "format", po::value<std::string>()->default_value("table"), "table, csv, json or markdown")(
      "sort", word("COLUMN"), "order by a column of the CSV, lowest first; -COLUMN: highest first")("json", po::bool_switch(),
                                                                                                    "the same as --format json");
  return options;
}

}  // namespace

int compare_command(const Arguments& arguments) {
  po::variables_map values;
  if (!parse_arguments(arguments, "compare PATH... [options]",
                       "Shows runs side by side. A path is a run's directory, or a study's, which stands for all of its runs.",
                       compare_options(), "paths", values))
    return 0;

  const auto format = format_of(values);
  auto grouping = grouping_of(values);
  const auto paths = strings(values, "paths");
  if (values["watch"].as<bool>() && !watch_runs({paths.begin(), paths.end()})) return interrupted_exit;
  const auto found = runs_to_compare(paths, values["all"].as<bool>());
  if (found.left_out > 0)
    log_info(text(counted(static_cast<std::int64_t>(found.left_out), "run"), " left out, only tried to choose; --all shows all"));
  if (grouping) grouping->chosen = found.chosen;
  std::cout << compared(Comparison::read(found.runs), grouping, values, format);
  return 0;
}

}  // namespace etude
