#include <algorithm>
#include <cli/command.hpp>
#include <iostream>
#include <study/comparison.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

using Print = std::string (Comparison::*)() const;

Print print_of(const po::variables_map& values) {
  const auto format = values["format"].as<std::string>();
  const bool json = values["json"].as<bool>();
  if (json && !values["format"].defaulted() && format != "json")
    throw usage_error("--json is --format json, and --format says another", "give one of them");
  if (json || format == "json") return &Comparison::json;
  if (format == "table") return &Comparison::table;
  if (format == "csv") return &Comparison::csv;
  if (format == "markdown") return &Comparison::markdown;
  throw usage_error("unknown format " + format, "formats: table, csv, json, markdown");
}

}  // namespace

int compare_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("paths", po::value<std::vector<std::string>>()->required()->composing(), "")(
      "format", po::value<std::string>()->default_value("table"), "table, csv, json or markdown")(
      "sort", po::value<std::string>()->value_name("COLUMN"),
      "order by a column of the CSV, lowest first; -COLUMN: highest first")("json", po::bool_switch(),
                                                                            "the same as --format json");
  po::variables_map values;
  if (!parse_arguments(arguments, "compare PATH... [options]",
                       "Shows runs side by side. A path is a run's directory, or a study's, which stands for all of its runs.",
                       options, "paths", values))
    return 0;

  const Print print = print_of(values);
  std::vector<std::filesystem::path> runs;
  for (const auto& path : strings(values, "paths"))
    for (const auto& run : find_runs(path))
      if (std::find(runs.begin(), runs.end(), run) == runs.end()) runs.push_back(run);
  Comparison comparison = Comparison::read(runs);
  if (values.count("sort")) comparison.sort(values["sort"].as<std::string>());
  std::cout << (comparison.*print)();
  return 0;
}

}  // namespace etude
