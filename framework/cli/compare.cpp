#include <algorithm>
#include <cli/command.hpp>
#include <iostream>
#include <study/comparison.hpp>

namespace etude {
namespace {

namespace po = boost::program_options;

std::string print(const Comparison& comparison, const std::string& format) {
  if (format == "table") return comparison.table();
  if (format == "csv") return comparison.csv();
  if (format == "json") return comparison.json();
  if (format == "markdown") return comparison.markdown();
  throw usage_error("unknown format " + format, "formats: table, csv, json, markdown");
}

}  // namespace

int compare_command(const Arguments& arguments) {
  po::options_description options;
  options.add_options()("paths", po::value<std::vector<std::string>>()->required()->composing(), "")(
      "format", po::value<std::string>()->default_value("table"), "table, csv, json or markdown")(
      "sort", po::value<std::string>()->value_name("COLUMN"),
      "order by a column of the CSV, lowest first; -COLUMN: highest first")("json", "the same as --format json");
  po::variables_map values;
  if (!parse_arguments(arguments, "compare PATH... [options]",
                       "Shows runs side by side. A path is a run's directory, or a study's, which stands for all of its runs.",
                       options, "paths", values))
    return 0;

  std::vector<std::filesystem::path> runs;
  for (const auto& path : strings(values, "paths"))
    for (const auto& run : find_runs(path))
      if (std::find(runs.begin(), runs.end(), run) == runs.end()) runs.push_back(run);
  Comparison comparison = Comparison::read(runs);
  if (values.count("sort")) comparison.sort(values["sort"].as<std::string>());
  std::cout << print(comparison, values.count("json") ? "json" : values["format"].as<std::string>());
  return 0;
}

}  // namespace etude
