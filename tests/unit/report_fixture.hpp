// Studies on the disk that nobody trained, and what the report shows of them.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <report/sections.hpp>
#include <temporary_directory.hpp>
#include <unit/made_runs.hpp>

namespace etude::testing {

/// A run of a family, its size and its loss, trained for 200 steps.
inline RunData sized_run(const std::string& family, double parameters, double loss) {
  RunData data = data_of({text(family, "-", parameters), loss});
  data.header.axes = {{"model", data.header.label}};
  data.header.provenance.emplace_back("plugin.architecture." + family, "made up 1.0.0");
  data.header.experiment_toml += text("[architecture]\nplugin = \"", family, "\"\nwidth = ", static_cast<int>(parameters), "\n");
  data.header.model = {{"parameters", parameters}, {"training_flops_per_token", 6 * parameters}};
  data.train.clear();
  for (std::int64_t step = 1; step <= 200; ++step)
    data.train.push_back({step, 1000 * step, 3.5, 1e-3, 1, 0.5 * static_cast<double>(step), 2000, 1'000'000});
  data.validation = {{200, 200'000, loss, loss - 0.01, loss + 0.02, loss / std::log(2.0), 13}};
  return data;
}

/// A study's folder.
class MadeStudy {
 public:
  std::filesystem::path path() const { return temporary_.path() / "made-up"; }

  /// @return its directory
  std::filesystem::path add(const RunData& data) {
    const auto directory = path() / (data.header.label + "-0123abcd");
    write_data(directory, data);
    return directory;
  }

  ReportData read() const { return read_report_data(path()); }

 private:
  TemporaryDirectory temporary_;
};

/// The specification of the section's chart with this name.
inline nlohmann::json chart_of(const Section& section, const std::string& name) {
  for (const auto& chart : section.charts)
    if (chart.name == name) return nlohmann::json::parse(vega_lite(chart));
  throw std::runtime_error("no chart " + name);
}

/// The rows of the first layer that has this kind of mark.
inline nlohmann::json rows_of(const nlohmann::json& chart, const std::string& mark) {
  for (const auto& layer : chart["layer"])
    if (layer["mark"]["type"] == mark) return layer["data"]["values"];
  throw std::runtime_error("no layer of " + mark);
}

}  // namespace etude::testing
