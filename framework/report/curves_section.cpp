#include <algorithm>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <functional>
#include <report/html.hpp>
#include <report/run_facts.hpp>
#include <report/sections.hpp>

namespace etude {
namespace {

constexpr std::size_t points_of_all_runs = 12000, fewest_points = 30, most_points = 160;

/// Steps in a row: their last row, and the mean of their losses.
struct Bucket {
  const TrainRow* last = nullptr;
  double loss = 0;
};

/// At most `count` buckets, each a fixed ratio longer than the one before, as a logarithmic axis shows them.
std::vector<Bucket> buckets_of(const std::vector<TrainRow>& rows, std::size_t count) {
  std::vector<Bucket> buckets;
  std::size_t begin = 0;
  for (std::size_t i = 1; i <= count && begin < rows.size(); ++i) {
    const double share = static_cast<double>(i) / static_cast<double>(count);
    const auto reached = static_cast<std::size_t>(std::llround(std::pow(static_cast<double>(rows.size()), share)));
    const std::size_t end = std::min(rows.size(), reached);
    if (end <= begin) continue;
    double sum = 0;
    for (std::size_t row = begin; row < end; ++row) sum += rows[row].loss;
    buckets.push_back({&rows[end - 1], sum / static_cast<double>(end - begin)});
    begin = end;
  }
  return buckets;
}

/// Five digits: no eye sees more, and the page stays small.
double rounded(double value) {
  if (value == 0 || !std::isfinite(value)) return value;
  const double unit = std::pow(10.0, 4 - std::floor(std::log10(std::abs(value))));
  return std::round(value * unit) / unit;
}

/// What a curve goes along. NaN where it is not known.
struct Along {
  std::string id, button, title, format;
  std::function<double(const RunData&, double tokens, double seconds)> value;
};

const std::vector<Along>& all_along() {
  static const std::vector<Along> along{
      {"tokens", "by tokens", "training tokens", "~s", [](const RunData&, double tokens, double) { return tokens; }},
      {"time", "by time", "seconds of training", ",~g", [](const RunData&, double, double seconds) { return seconds; }},
      {"compute", "by compute", "training FLOPs", ".0e",
       [](const RunData& data, double tokens, double) { return flops_per_token(data).value_or(std::nan("")) * tokens; }}};
  return along;
}

struct Line {
  std::vector<std::string> run, family;
  std::vector<double> x, loss;

  void add(const RunFacts& of, double at, double value) {
    if (!(at > 0) || !(value > 0)) return;  // not on logarithmic axes
    run.push_back(of.name);
    family.push_back(of.family);
    x.push_back(rounded(at));
    loss.push_back(rounded(value));
  }
  std::vector<ChartColumn> columns() const { return {{"run", run}, {"family", family}, {"x", x}, {"loss", loss}}; }
};

double seconds_at(const RunData& data, std::int64_t step) {
  const auto after = std::upper_bound(data.train.begin(), data.train.end(), step,
                                      [](std::int64_t wanted, const TrainRow& row) { return wanted < row.step; });
  return after == data.train.begin() ? std::nan("") : std::prev(after)->seconds;
}

/// Few runs have a colour each; of many, a family has one.
Chart curve_chart(const std::vector<RunFacts>& runs, const Along& along) {
  const std::size_t count = std::clamp(points_of_all_runs / runs.size(), fewest_points, most_points);
  Line training, validation;
  for (const auto& run : runs) {
    const RunData& data = run.run->data;
    for (const auto& bucket : buckets_of(data.train, count))
      training.add(run, along.value(data, static_cast<double>(bucket.last->tokens), bucket.last->seconds), bucket.loss);
    for (const auto& row : data.validation)
      validation.add(run, along.value(data, static_cast<double>(row.tokens), seconds_at(data, row.step)), row.loss);
  }
  const bool few = runs.size() <= chart_colors::names.size();
  std::vector<std::string> names;
  for (const auto& run : runs) names.push_back(run.name);
  if (!few) names = families_of(runs);
  const std::string group = few ? "run" : "family";
  const std::vector<Encoding> encodings{{"x", "x", along.title, along.format, true},
                                        {"y", "loss", "loss, nats per token", ".2f", true},
                                        {"color", group, "", "", false, colors_of(names), names},
                                        {"detail", "run"},
                                        {"tooltip", "run"},
                                        {"tooltip", "x", along.title, ".3s"},
                                        {"tooltip", "loss", "loss", ".4f"}};
  Chart chart{"curves-" + along.id, "Loss while training",
              "Lines: training, means of ever more steps. Points: validation. Both axes are logarithmic; the legend picks."};
  chart.layers.push_back({"line", training.columns(), encodings});
  chart.layers.back().size = few ? 1.5 : 1;
  chart.layers.back().opacity = few ? 1 : 0.6;
  chart.layers.push_back({"point", validation.columns(), encodings});
  chart.layers.back().size = 28;
  chart.pick = group;
  chart.height = 360;
  return chart;
}

bool is_drawable(const RunFacts& run) { return run.run->selected && !run.run->data.train.empty(); }

}  // namespace

Section curves_section(const ReportData& data) {
  auto runs = facts_of(data);
  std::erase_if(runs, [](const RunFacts& run) { return !is_drawable(run); });
  if (runs.empty()) return {};
  Section section{"curves", "Training"};
  std::vector<ChartChoice> choices;
  for (const auto& along : all_along()) {
    Chart chart = curve_chart(runs, along);
    if (std::get<std::vector<double>>(chart.layers[0].columns[2].values).empty()) continue;
    section.charts.push_back(chart);
    choices.push_back({along.button, std::move(chart),
                       text("Training and validation loss of ", counted(static_cast<std::int64_t>(runs.size()), "run"),
                            " against ", along.title)});
  }
  section.html = chart_choices(choices);
  return section;
}

}  // namespace etude
