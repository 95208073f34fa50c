#include <algorithm>
#include <base/text.hpp>
#include <cmath>
#include <map>
#include <set>
#include <study/choose.hpp>

namespace etude {
namespace {

/// The numbers of a resolved experiment by their paths.
void collect_numbers(const Table& table, const std::string& path, std::map<std::string, double>& numbers) {
  for (const Entry& entry : table) {
    const std::string key = path.empty() ? entry.key : path + "." + entry.key;
    if (const Table* inner = entry.value.get_if<Table>()) collect_numbers(*inner, key, numbers);
    if (const auto* whole = entry.value.get_if<std::int64_t>()) numbers[key] = static_cast<double>(*whole);
    if (const auto* real = entry.value.get_if<double>()) numbers[key] = *real;
  }
}

/// The numbers that are another at each candidate of the axis: what it is a grid of. None where its points differ in kind.
std::vector<std::vector<double>> grids(const Study& study, const std::vector<Candidate>& candidates) {
  std::map<std::string, std::vector<double>> columns;
  for (const Candidate& candidate : candidates) {
    std::map<std::string, double> numbers;
    collect_numbers(study.variants[candidate.runs.front()].experiment.resolved, "", numbers);
    for (const auto& [path, number] : numbers) columns[path].push_back(number);
  }
  std::vector<std::vector<double>> result;
  for (auto& [path, column] : columns)
    if (std::set<double>(column.begin(), column.end()).size() == candidates.size()) result.push_back(std::move(column));
  return result;
}

bool at_edge(const Study& study, const std::vector<Candidate>& candidates, std::size_t chosen) {
  if (candidates.size() < 2) return false;
  for (const auto& grid : grids(study, candidates)) {
    const auto [least, most] = std::minmax_element(grid.begin(), grid.end());
    if (grid[chosen] == *least || grid[chosen] == *most) return true;
  }
  return false;
}

}  // namespace

std::optional<double> measured(const RunData& data, const std::string& by) {
  if (data.validation.empty()) return std::nullopt;
  const auto& last = data.validation.back();
  const double value = by == "bits_per_character" ? last.bits_per_character : last.loss;
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

Choice choose(const Study& study, const OpenChoice& open, const std::function<std::optional<double>(std::size_t)>& value_of) {
  const Selection& selection = study.selections[open.place.selection];
  Choice choice;
  choice.point = {selection.axis, "", open.place.combination, selection.by};
  const std::string where = open.place.combination.empty() ? "" : " for " + open.place.combination;
  std::size_t chosen = 0;
  for (std::size_t c = 0; c < open.candidates.size(); ++c) {
    const Candidate& candidate = open.candidates[c];
    double sum = 0;
    bool whole = true;
    for (const std::size_t run : candidate.runs) {
      const auto value = value_of(run);
      whole = whole && value;
      sum += value.value_or(0);
    }
    const double mean = sum / static_cast<double>(candidate.runs.size());
    if (!whole) {
      choice.warnings.push_back(text(selection.axis, " ", candidate.label, " is passed over", where,
                                     ": a run with it failed or measured no ", selection.by));
    } else if (choice.point.label.empty() || mean < choice.point.value) {
      choice.point.label = candidate.label;
      choice.point.value = mean;
      chosen = c;
    }
  }
  if (choice.point.label.empty()) {
    choice.warnings.push_back(text("no point of ", selection.axis, " could be chosen", where, ": each has a run that failed"));
  }
  choice.point.at_edge = !choice.point.label.empty() && at_edge(study, open.candidates, chosen);
  return choice;
}

std::vector<std::string> edge_warnings(const std::vector<ChosenPoint>& choices) {
  std::map<std::string, std::string> where;  // by axis
  for (const ChosenPoint& point : choices) {
    if (!point.at_edge) continue;
    std::string& all = where[point.axis];
    all += text(all.empty() ? "" : ", ", point.label, point.combination.empty() ? "" : " for " + point.combination);
  }
  std::vector<std::string> warnings;
  warnings.reserve(where.size());
  for (const auto& [axis, points] : where)
    warnings.push_back(text("the best ", axis, " stands at the edge of its grid: ", points, "; a better one may lie beyond\n",
                            "add points to study.axes.", axis, " on that side"));
  return warnings;
}

}  // namespace etude
