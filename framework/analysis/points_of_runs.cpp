#include <algorithm>
#include <analysis/points.hpp>
#include <base/text.hpp>
#include <base/words.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <list>
#include <numeric>
#include <record/cells.hpp>
#include <record/recorded_text.hpp>
#include <set>

namespace etude {
namespace {

double entry(const std::map<std::string, double>& numbers, const std::string& name) {
  const auto found = numbers.find(name);
  return found == numbers.end() ? std::numeric_limits<double>::quiet_NaN() : found->second;
}

double parameters_of(const RunData& data, ParameterCount counted) {
  const auto& model = data.header.model;
  switch (counted) {
    case ParameterCount::total:
      return entry(model, "parameters");
    case ParameterCount::without_embeddings:
      return entry(model, "parameters") - entry(model, "parameters_embedding");
    case ParameterCount::body:
      return entry(model, "parameters_body");
  }
  return 0;
}

/// What must be the same for losses to compare: the tokens that were predicted, or the text that they stand for.
std::string terms_of(const RunData& data, LossUnit unit) {
  if (unit == LossUnit::nats_per_token) {
    const auto predicted = std::accumulate(data.windows.tokens.begin(), data.windows.tokens.end(), std::int64_t{0});
    return text(recorded_text(data.header.provenance, "corpus_fingerprint"), "/", predicted);
  }
  const std::string digest = recorded_text(data.header.provenance, "validation_text");
  return digest.empty() ? text(entry(data.header.corpus, "validation_characters")) : digest;
}

/// Why a run has no point; empty if it has one.
std::string why_left_out(const RunData& data, const PointOptions& options) {
  if (data.state != "done") return data.state + (data.reason.empty() ? "" : ": " + data.reason);
  if (data.validation.empty()) return "it has no validation loss";
  const ValidationRow& last = data.validation.back();
  if (!(std::isfinite(last.loss) && last.loss > 0)) return text("its validation loss is ", shortest(last.loss));
  if (options.unit == LossUnit::bits_per_character && !(std::isfinite(last.bits_per_character) && last.bits_per_character > 0))
    return "it has no bits per character: its validation windows overlap, or do not cover the split";
  const double parameters = parameters_of(data, options.counted);
  if (!(std::isfinite(parameters) && parameters > 0)) return "its parameters, counted so, are " + shortest(parameters);
  return "";
}

LossPoint point_of(const RunData& data, const PointOptions& options) {
  const ValidationRow& last = data.validation.back();
  LossPoint point;
  point.run = data.header.label;
  point.family = architecture_of(data);
  for (const auto& axis : options.families) {
    const std::string label = recorded_text(data.header.axes, axis);
    if (!label.empty()) point.family += (point.family.empty() ? "" : " ") + label;
  }
  point.parameters = parameters_of(data, options.counted);
  point.tokens = static_cast<double>(last.tokens);
  point.loss = options.unit == LossUnit::nats_per_token ? last.loss : last.bits_per_character;
  const double scale = point.loss / last.loss;
  if (std::isfinite(last.low)) point.low = last.low * scale;
  if (std::isfinite(last.high)) point.high = last.high * scale;
  point.flops = entry(data.header.model, "training_flops_per_token") * point.tokens;
  if (!std::isfinite(point.flops)) point.flops = 6 * point.parameters * point.tokens;
  point.cell = text(point.family, '\n', point.parameters, '\n', point.tokens, '\n', cell_of(data.header));
  return point;
}

void require_known_axes(std::span<const RunData* const> runs, const std::vector<std::string>& axes) {
  std::set<std::string> known;
  for (const auto* run : runs)
    for (const auto& [axis, label] : run->header.axes) known.insert(axis);
  const std::string names = joined({known.begin(), known.end()});
  for (const auto& axis : axes)
    if (!known.contains(axis)) throw usage_error(text("no run has an axis ", axis), names.empty() ? "" : "axes: " + names);
}

/// "rate and dropout": the axes that tell the runs apart.
std::string axes_that_differ(const std::vector<const RunData*>& runs) {
  std::vector<std::string> names;
  for (const auto& [axis, label] : runs.front()->header.axes) {
    const auto differs = [&, &name = axis, &first = label](const RunData* run) {
      return recorded_text(run->header.axes, name) != first;
    };
    if (std::any_of(runs.begin(), runs.end(), differs)) names.push_back(axis);
  }
  return joined(names, " and ");
}

/// Runs of one size and budget in several cells: what tells them apart is fitted as if it were noise.
void warn_of_mixed_cells(PointSet& set, const std::vector<const RunData*>& runs) {
  struct Place {
    std::set<std::string> cells;
    std::vector<const RunData*> runs;
  };
  std::map<std::tuple<std::string, double, double>, Place> places;
  for (std::size_t i = 0; i < set.points.size(); ++i) {
    const LossPoint& point = set.points[i];
    Place& place = places[{point.family, point.parameters, point.tokens}];
    place.cells.insert(point.cell);
    place.runs.push_back(runs[i]);
  }
  for (const auto& [key, place] : places) {
    if (place.cells.size() < 2) continue;
    const std::string axes = axes_that_differ(place.runs);
    set.warnings.push_back(text("runs of one size and budget differ in ", axes.empty() ? "more than seeds" : axes, " (",
                                place.runs.front()->header.label, " and ", counted(std::ssize(place.runs) - 1, "other"),
                                "): the fits take that for noise; fit one kind of them",
                                axes.empty() ? "" : ", or make them families"));
    return;
  }
}

void require_same_terms(const std::vector<const RunData*>& runs, LossUnit unit) {
  for (const auto* run : runs) {
    if (terms_of(*run, unit) == terms_of(*runs.front(), unit)) continue;
    const std::string who = text(runs.front()->header.label, " and ", run->header.label);
    if (unit == LossUnit::nats_per_token)
      throw usage_error(text(who, " do not predict the same tokens: their losses per token do not compare"),
                        "compare them in bits per character (etude fit --unit bits_per_character), or fit them one by one");
    throw usage_error(text(who, " were validated on different texts: their losses do not compare"), "fit them one by one");
  }
}

}  // namespace

std::string architecture_of(const RunData& data) {
  constexpr std::string_view prefix = "plugin.architecture.";
  for (const auto& [key, value] : data.header.provenance)
    if (key.starts_with(prefix)) return key.substr(prefix.size());
  return "";
}

PointSet points_of_runs(std::span<const RunData* const> runs, const PointOptions& options) {
  require_known_axes(runs, options.families);
  PointSet set;
  set.counted = options.counted;
  set.unit = options.unit;
  std::vector<const RunData*> fitted;
  for (const auto* run : runs) {
    if (const std::string reason = why_left_out(*run, options); !reason.empty()) {
      set.warnings.push_back(text("left out: ", run->header.label, " (", reason, ")"));
      continue;
    }
    set.points.push_back(point_of(*run, options));
    fitted.push_back(run);
  }
  require_same_terms(fitted, options.unit);
  warn_of_mixed_cells(set, fitted);
  const auto lossy = [](const RunData* run) { return entry(run->header.corpus, "validation_unknown_share") > 0; };
  if (options.unit == LossUnit::bits_per_character && std::any_of(fitted.begin(), fitted.end(), lossy))
    set.warnings.emplace_back("bits per character are too low where the tokenizer does not know some of the characters");
  return set;
}

PointSet points_of_runs(const std::vector<std::filesystem::path>& runs, const PointOptions& options) {
  std::list<RunData> read;
  std::vector<const RunData*> to_fit;
  std::vector<std::string> damaged;
  for (const auto& directory : runs) {
    try {
      to_fit.push_back(&read.emplace_back(read_run(directory)));
    } catch (const Error& error) {
      damaged.push_back(text("left out: ", directory.string(), " (", error.message(), ")"));
    }
  }
  PointSet set = points_of_runs(std::span<const RunData* const>(to_fit), options);
  set.warnings.insert(set.warnings.begin(), damaged.begin(), damaged.end());
  return set;
}

}  // namespace etude
