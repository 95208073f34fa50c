#include <algorithm>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <report/html.hpp>
#include <report/run_facts.hpp>
#include <report/sections.hpp>
#include <study/study_runs.hpp>

namespace etude {
namespace {

/// What a run cost, as a number that grows with its size.
struct Cost {
  std::string id, title, axis, format;
  std::optional<double> ComparedRun::*value;
  double unit;
};

const std::vector<Cost>& all_costs() {
  static const std::vector<Cost> costs{
      {"throughput", "Throughput", "tokens a second", "~s", &ComparedRun::tokens_per_second, 1},
      {"time", "Time", "seconds of training and validation", ",~g", &ComparedRun::wall_seconds, 1},
      {"memory", "Memory", "peak memory, MiB", "~s", &ComparedRun::peak_memory, 1024.0 * 1024.0}};
  return costs;
}

/// Nothing where no run has that.
std::optional<Chart> cost_chart(const std::vector<RunFacts>& runs, const Cost& cost) {
  std::vector<std::string> names, families;
  std::vector<double> parameters, values, tokens;
  for (const auto& run : runs) {
    const auto value = run.compared->*cost.value;
    if (!value || !(*value > 0) || !(run.parameters.value_or(0) > 0)) continue;
    names.push_back(run.name);
    families.push_back(run.family);
    parameters.push_back(*run.parameters);
    values.push_back(*value / cost.unit);
    tokens.push_back(run.tokens.value_or(std::nan("")));
  }
  if (names.empty()) return std::nullopt;
  Chart chart{"cost-" + cost.id, cost.title, cost.axis + " against parameters"};
  const auto all = families_of(runs);
  chart.layers.push_back(
      {"point",
       {{"run", names}, {"family", families}, {"parameters", parameters}, {"value", values}, {"tokens", tokens}},
       {{"x", "parameters", "parameters", "~s", true},
        {"y", "value", cost.axis, cost.format, true},
        {"color", "family", "", "", false, colors_of(all), all},
        {"tooltip", "run"},
        {"tooltip", "parameters", "parameters", ".3s"},
        {"tooltip", "value", cost.axis, ".3s"},
        {"tooltip", "tokens", "training tokens", ".3s"}}});
  chart.layers.back().size = 60;
  chart.height = 220;
  return chart;
}

bool is_branch(const RunFacts& run) {
  const auto& facts = run.run->data.header.provenance;
  return std::any_of(facts.begin(), facts.end(), [](const auto& fact) { return fact.first == "parent"; });
}

std::string notes_of(const std::vector<RunFacts>& runs) {
  std::string html;
  const auto count = [&](const auto& holds) { return std::count_if(runs.begin(), runs.end(), holds); };
  if (const auto beside = count([](const RunFacts& run) { return ran_beside_others(run.run->data); }))
    html += paragraph(
        text("Of ", counted(beside, "run"),
             ", tokens a second and time say little: other runs went on beside them, and each had a part of the machine."));
  if (const auto branches = count(is_branch))
    html += paragraph(
        text(counted(branches, "run"),
             " began from another run's checkpoint; the time counts the steps taken over as if they had been its own."));
  std::vector<std::string> machines;
  for (const auto& run : runs)
    for (const auto& [name, value] : run.run->data.header.provenance)
      if (name == "cpu" && std::find(machines.begin(), machines.end(), value) == machines.end()) machines.push_back(value);
  if (machines.size() > 1)
    html += paragraph(
        text("The runs ran on ", machines.size(), " kinds of machine (see where it comes from): their costs do not compare."));
  return html;
}

}  // namespace

Section costs_section(const ReportData& data) {
  const auto runs = facts_of(data);
  Section section{"costs", "Time and memory"};
  std::string charts;
  for (const auto& cost : all_costs())
    if (auto chart = cost_chart(runs, cost)) {
      charts += chart_place(*chart, text(cost.axis, " of each run against its parameters"));
      section.charts.push_back(std::move(*chart));
    }
  if (charts.empty()) return {};
  section.html = notes_of(runs) + "<div class=\"pair\">\n" + charts + "</div>\n";
  return section;
}

}  // namespace etude
