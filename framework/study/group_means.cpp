#include <algorithm>
#include <base/words.hpp>
#include <cmath>
#include <study/group_means.hpp>

namespace etude {
namespace {

using Number = std::optional<double>;
using Runs = std::vector<const ComparedRun*>;

/// The runs that are done, each with its weight: those that differ in seeds share the weight of one.
std::vector<std::pair<const ComparedRun*, double>> weighted(const GroupedRuns& group) {
  std::vector<std::pair<const ComparedRun*, double>> all;
  for (const auto& [rest, runs] : group.done)
    for (const auto* run : runs)
      all.emplace_back(run, 1 / static_cast<double>(runs.size()) / static_cast<double>(group.done.size()));
  return all;
}

/// Nothing if a run has no value.
Number mean_of(const GroupedRuns& group, Number ComparedRun::*column) {
  double sum = 0;
  for (const auto& [run, weight] : weighted(group)) {
    if (!(run->*column)) return std::nullopt;
    sum += weight * *(run->*column);
  }
  return group.done.empty() ? std::nullopt : Number(sum);
}

/// Of runs that differ in seeds alone, one variance for all of the group's other labels.
Number deviation_of(const GroupedRuns& group, Number ComparedRun::*column) {
  double squares = 0, degrees = 0;
  for (const auto& [rest, runs] : group.done) {
    double sum = 0;
    for (const auto* run : runs) sum += (run->*column).value_or(std::nan(""));
    const double middle = sum / static_cast<double>(runs.size());
    for (const auto* run : runs) squares += std::pow((run->*column).value_or(std::nan("")) - middle, 2);
    degrees += static_cast<double>(runs.size()) - 1;
  }
  if (degrees < 1 || !std::isfinite(squares)) return std::nullopt;
  return std::sqrt(squares / degrees);
}

std::optional<Interval> range_of(const Runs& runs, Number ComparedRun::*column) {
  std::optional<Interval> range;
  for (const auto* run : runs) {
    const auto& value = run->*column;
    if (!value) continue;
    if (!range) range = Interval{*value, *value};
    range = Interval{std::min(range->low, *value), std::max(range->high, *value)};
  }
  return range;
}

/// What all runs agree in.
std::string common(const std::vector<std::pair<const ComparedRun*, double>>& runs, std::string ComparedRun::*member) {
  for (const auto& [run, weight] : runs)
    if (run->*member != runs.front().first->*member) return "";
  return runs.empty() ? "" : runs.front().first->*member;
}

/// The mean of a metric that all runs have on the same terms. Their texts were drawn independently.
std::optional<Headline> mean_headline(const std::vector<std::pair<const ComparedRun*, double>>& runs, const std::string& id) {
  Headline mean = runs.front().first->headlines.at(id);
  if (runs.size() == 1) return mean;
  double value = 0, square = 0;
  bool intervals = true;
  for (const auto& [run, weight] : runs) {
    const auto found = run->headlines.find(id);
    if (found == run->headlines.end() || found->second.terms != mean.terms) return std::nullopt;
    const Scalar& scalar = found->second.scalar;
    value += weight * scalar.value;
    intervals = intervals && scalar.low && scalar.high;
    if (intervals) square += std::pow(weight * (*scalar.high - *scalar.low) / 2, 2);
    mean.scalar.lossy = mean.scalar.lossy || scalar.lossy;
  }
  mean.scalar.value = value;
  mean.scalar.low = intervals ? Number(value - std::sqrt(square)) : std::nullopt;
  mean.scalar.high = intervals ? Number(value + std::sqrt(square)) : std::nullopt;
  return mean;
}

ComparedRun mean_run(const GroupedRuns& group, const std::string& name) {
  const auto runs = weighted(group);
  ComparedRun mean;
  mean.label = mean.id = name;
  mean.state = runs.empty() ? "not done" : "done";
  for (const auto& column : averaged_columns) mean.*column.value = mean_of(group, column.value);
  mean.same_tokens = common(runs, &ComparedRun::same_tokens);
  mean.same_text = mean.text_size = common(runs, &ComparedRun::same_text);
  if (mean.same_tokens.empty()) mean.validation_loss = mean.test_perplexity = std::nullopt;
  if (mean.same_text.empty()) mean.bits_per_character = std::nullopt;
  for (const auto& [run, weight] : runs) {
    mean.lossy = mean.lossy || run->lossy;
    mean.perplexity_lossy = mean.perplexity_lossy || run->perplexity_lossy;
    mean.beside_others = mean.beside_others || run->beside_others;
  }
  if (runs.empty()) return mean;
  for (const auto& [id, headline] : runs.front().first->headlines)
    if (const auto average = mean_headline(runs, id)) mean.headlines[id] = *average;
  return mean;
}

}  // namespace

RunGroup averaged(const GroupedRuns& runs) {
  RunGroup group;
  group.name = joined(runs.values, "_");
  group.values = runs.values;
  for (const auto* run : runs.runs) group.runs.push_back(run->directory.string());
  for (const auto& [rest, done] : runs.done) group.done += done.size();
  group.mean = mean_run(runs, group.name);
  for (const auto& column : averaged_columns)
    if (const auto deviation = deviation_of(runs, column.value); deviation && group.mean.*column.value)
      group.deviation[column.name] = *deviation;
  group.parameters = range_of(runs.runs, &ComparedRun::parameters);
  group.tokens = range_of(runs.runs, &ComparedRun::tokens);
  return group;
}

}  // namespace etude
