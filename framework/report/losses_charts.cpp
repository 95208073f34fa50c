#include <algorithm>
#include <analysis/conclusions.hpp>
#include <analysis/words.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <report/losses_charts.hpp>
#include <report/run_facts.hpp>
#include <set>

namespace etude {
namespace {

using Numbers = std::vector<double>;
using Names = std::vector<std::string>;

constexpr int steps_of_curve = 48;
constexpr std::size_t most_budgets = 6;
/// How far a chart of losses reaches beyond what was measured, as a share of the measured range. A law that misses wildly would
/// make a line of the points.
constexpr double room = 0.4;

Names family_names(const ScalingAnalysis& analysis) {
  Names names;
  for (const auto& family : analysis.families) names.push_back(family_name(family.family));
  return names;
}

Encoding colour(const Names& families) { return {"color", "family", "", "", false, colors_of(families), families}; }

std::string loss_title(LossUnit unit) { return "validation loss, " + in_words(unit); }

/// Points and their own intervals, over what `x` gives; those without are not shown.
void add_points(Chart& chart, const ScalingAnalysis& analysis, const std::string& title, double LossPoint::*x) {
  Names runs, families;
  Numbers at, losses, lows, highs, tokens;
  for (const auto& point : analysis.points.points) {
    if (!(point.*x > 0)) continue;
    runs.push_back(point.run);
    families.push_back(family_name(point.family));
    at.push_back(point.*x);
    losses.push_back(point.loss);
    lows.push_back(point.low.value_or(std::nan("")));
    highs.push_back(point.high.value_or(std::nan("")));
    tokens.push_back(point.tokens);
  }
  const std::vector<ChartColumn> columns{{"run", runs}, {"family", families}, {"x", at},         {"loss", losses},
                                         {"low", lows}, {"high", highs},      {"tokens", tokens}};
  const Encoding along{"x", "x", title, "~s", true}, color = colour(family_names(analysis));
  const std::string loss = loss_title(analysis.points.unit);
  chart.layers.push_back({"rule", columns, {along, {"y", "low", loss, ".3~f", true}, {"y2", "high"}, color}});
  chart.layers.back().opacity = 0.35;
  chart.layers.push_back({"point",
                          columns,
                          {along,
                           {"y", "loss", loss, ".3~f", true},
                           color,
                           {"tooltip", "run"},
                           {"tooltip", "x", title, ".3s"},
                           {"tooltip", "tokens", "training tokens", ".3s"},
                           {"tooltip", "loss", "loss", ".4f"},
                           {"tooltip", "low", "from", ".4f"},
                           {"tooltip", "high", "to", ".4f"}}});
  chart.layers.back().size = 55;
}

/// Points of curves, each with its band.
struct Curves {
  Names families, curves;
  Numbers x, loss, low, high;

  void add(const std::string& family, const std::string& curve, double at, const Estimate& estimate) {
    if (!std::isfinite(at) || !std::isfinite(estimate.value)) return;
    families.push_back(family);
    curves.push_back(curve);
    x.push_back(at);
    loss.push_back(estimate.value);
    low.push_back(estimate.low.value_or(std::nan("")));
    high.push_back(estimate.high.value_or(std::nan("")));
  }
  std::vector<ChartColumn> columns() const {
    return {{"family", families}, {"curve", curves}, {"x", x}, {"loss", loss}, {"low", low}, {"high", high}};
  }
};

void add_curves(Chart& chart, const Curves& curves, const Curves& bands, const Names& families, const std::string& x,
                const std::string& y) {
  const Encoding along{"x", "x", x, "~s", true}, detail{"detail", "curve"}, color = colour(families);
  if (!bands.x.empty()) {
    chart.layers.push_back({"area", bands.columns(), {along, {"y", "low", y, ".3~f", true}, {"y2", "high"}, color, detail}});
    chart.layers.back().opacity = 0.14;
  }
  if (!curves.x.empty())
    chart.layers.push_back(
        {"line", curves.columns(), {along, {"y", "loss", y, ".3~f", true}, color, detail, {"tooltip", "curve"}}});
}

/// `count` numbers from `low` to `high`, in equal ratios.
Numbers spread(double low, double high, int count) {
  Numbers values;
  for (int i = 0; i < count; ++i) values.push_back(low * std::pow(high / low, i / (count - 1.0)));
  return values;
}

/// The token budgets for which a curve is drawn: all, or some where there are many. NaN where the form knows none.
Numbers budgets_of(const LawFit& fit) {
  if (fit.form != Form::chinchilla) return {fit.budget};
  std::set<double> different;
  for (const auto& point : fit.points) different.insert(point.tokens);
  const Numbers all(different.begin(), different.end());
  if (all.size() <= most_budgets) return all;
  Numbers some;
  for (std::size_t i = 0; i < most_budgets; ++i) some.push_back(all[i * (all.size() - 1) / (most_budgets - 1)]);
  return some;
}

std::string curve_name(const LawFit& fit, double budget) {
  const std::string base = text(family_name(fit.family), ", ", name(fit.form));
  return std::isfinite(budget) ? text(base, ", ", count_text(budget), " tokens") : base;
}

double end_of_curve(const LawFit& fit) {
  double most = 0;
  for (const auto& point : fit.points) most = std::max(most, point.parameters);
  return 2 * most;
}

/// The curves of a fit over the sizes that it saw and somewhat beyond; the band is that of the largest budget.
void add_fit(const LawFit& fit, Curves& curves, Curves& bands) {
  double least = end_of_curve(fit);
  for (const auto& point : fit.points) least = std::min(least, point.parameters);
  const auto budgets = budgets_of(fit);
  const std::string family = family_name(fit.family);
  for (const double& budget : budgets)
    for (const double n : spread(least / 1.3, end_of_curve(fit), steps_of_curve)) {
      const Estimate estimate = fit.predict(n, budget);
      curves.add(family, curve_name(fit, budget), n, estimate);
      if (&budget == &budgets.back() && estimate.low) bands.add(family, curve_name(fit, budget), n, estimate);
    }
}

/// What a fit to the smaller models says of the largest, beside what was measured.
void add_held_out(Chart& chart, const ScalingAnalysis& analysis) {
  Names families, forms;
  Numbers x, losses, lows, highs, errors;
  for (const auto& family : analysis.families) {
    const LawFit* fit = shown_fit(family);
    if (!fit || !fit->held_out || !std::isfinite(fit->held_out->predicted.value)) continue;
    const HeldOut& held_out = *fit->held_out;
    families.push_back(family_name(family.family));
    forms.emplace_back(name(fit->form));
    x.push_back(held_out.parameters);
    losses.push_back(held_out.predicted.value);
    lows.push_back(held_out.predicted.low.value_or(std::nan("")));
    highs.push_back(held_out.predicted.high.value_or(std::nan("")));
    errors.push_back(held_out.relative_error);
  }
  if (x.empty()) return;
  chart.layers.push_back(
      {"point",
       {{"family", families}, {"form", forms}, {"x", x}, {"loss", losses}, {"low", lows}, {"high", highs}, {"error", errors}},
       {{"x", "x"},
        {"y", "loss"},
        colour(family_names(analysis)),
        {"tooltip", "form", "the largest model, predicted from the smaller ones by"},
        {"tooltip", "loss", "predicted loss", ".4f"},
        {"tooltip", "low", "from", ".4f"},
        {"tooltip", "high", "to", ".4f"},
        {"tooltip", "error", "off by", "+.2%"}}});
  chart.layers.back().shape = "diamond";
  chart.layers.back().hollow = true;
  chart.layers.back().size = 130;
}

/// The token budgets at the ends of the curves; of one family, since those of others run beside them.
void add_budgets(Chart& chart, const ScalingAnalysis& analysis) {
  for (const auto& family : analysis.families) {
    const LawFit* fit = shown_fit(family);
    if (!fit || fit->form != Form::chinchilla) continue;
    Numbers x, losses;
    Names names;
    for (const double budget : budgets_of(*fit)) {
      x.push_back(end_of_curve(*fit));
      losses.push_back(loss_of(fit->form, fit->law, x.back(), budget));
      names.push_back(count_text(budget));
    }
    if (x.size() > 1)
      chart.layers.push_back({"text",
                              {{"x", x}, {"loss", losses}, {"budget", names}},
                              {{"x", "x"}, {"y", "loss"}, {"text", "budget"}},
                              "",
                              "start"});
    return;
  }
}

/// All that is shown, but not much beyond the losses that were measured.
void limit_losses(Chart& chart, const std::vector<LossPoint>& points) {
  double least = std::numeric_limits<double>::infinity(), most = 0, shown_least = least, shown_most = 0;
  for (const auto& point : points) {
    least = std::min(least, point.low.value_or(point.loss));
    most = std::max(most, point.high.value_or(point.loss));
  }
  for (const auto& layer : chart.layers)
    for (const auto& encoding : layer.encodings)
      for (const auto& column : layer.columns) {
        if (!encoding.channel.starts_with("y") || encoding.column != column.name) continue;
        for (const double loss : std::get<Numbers>(column.values)) {
          if (!(loss > 0) || std::isinf(loss)) continue;
          shown_least = std::min(shown_least, loss);
          shown_most = std::max(shown_most, loss);
        }
      }
  const double beyond = std::pow(std::max(most / least, 1.05), room);
  chart.y_range = {std::max(shown_least, least / beyond), std::min(shown_most, most * beyond)};
}

const LawFit* chinchilla_of(const FamilyAnalysis& family) {
  for (const auto& fit : family.fits)
    if (fit.form == Form::chinchilla) return &fit;
  return nullptr;
}

/// The lowest loss for each amount of compute.
void add_frontier(const LawFit& fit, Curves& curves, Curves& bands) {
  Numbers flops;
  for (const auto& point : fit.points)
    if (point.flops > 0) flops.push_back(point.flops);
  if (flops.empty()) return;
  const auto [least, most] = std::minmax_element(flops.begin(), flops.end());
  const std::string family = family_name(fit.family), curve = family + ", lowest loss for the compute";
  for (const double budget : spread(*least, *most * 2, steps_of_curve)) {
    const Optimum best = optimum_of(fit, budget);
    if (!std::isfinite(best.loss.value)) continue;
    curves.add(family, curve, budget, best.loss);
    if (best.loss.low) bands.add(family, curve, budget, best.loss);
  }
}

}  // namespace

const LawFit* shown_fit(const FamilyAnalysis& family) {
  if (const LawFit* of_all_budgets = chinchilla_of(family)) return of_all_budgets;
  for (const auto& fit : family.fits)
    if (fit.form == family.best_prediction) return &fit;
  return family.fits.empty() ? nullptr : &family.fits.back();
}

Chart parameters_chart(const ScalingAnalysis& analysis) {
  const std::string x = in_words(analysis.points.counted), y = loss_title(analysis.points.unit);
  Chart chart{"loss-parameters", "Loss against parameters",
              "Points: runs with their intervals. Lines: fits with 95 % bands, one for each token budget where there are "
              "several. Diamonds: the largest model as the smaller ones predict it."};
  Curves curves, bands;
  for (const auto& family : analysis.families)
    if (const LawFit* fit = shown_fit(family)) add_fit(*fit, curves, bands);
  add_curves(chart, curves, bands, family_names(analysis), x, y);
  add_points(chart, analysis, x, &LossPoint::parameters);
  add_held_out(chart, analysis);
  add_budgets(chart, analysis);
  limit_losses(chart, analysis.points.points);
  chart.pick = "family";
  chart.height = 400;
  return chart;
}

std::optional<Chart> compute_chart(const ScalingAnalysis& analysis) {
  const auto& points = analysis.points.points;
  if (std::none_of(points.begin(), points.end(), [](const LossPoint& point) { return point.flops > 0; })) return std::nullopt;
  Curves curves, bands;
  for (const auto& family : analysis.families)
    if (const LawFit* fit = chinchilla_of(family)) add_frontier(*fit, curves, bands);
  Chart chart{"loss-compute", "Loss against compute",
              curves.x.empty()
                  ? "Points: runs with their intervals."
                  : "Points: runs with their intervals. Lines: the lowest loss that the law allows, with 95 % bands."};
  add_curves(chart, curves, bands, family_names(analysis), "training FLOPs", loss_title(analysis.points.unit));
  add_points(chart, analysis, "training FLOPs", &LossPoint::flops);
  limit_losses(chart, analysis.points.points);
  chart.pick = "family";
  chart.height = 320;
  return chart;
}

std::optional<Chart> isoflop_chart(const ScalingAnalysis& analysis) {
  Names families;
  Numbers flops, parameters, lows, highs, losses;
  for (const auto& family : analysis.families)
    for (const auto& minimum : family.isoflop) {
      families.push_back(family_name(family.family));
      flops.push_back(minimum.flops);
      parameters.push_back(minimum.parameters.value);
      lows.push_back(minimum.parameters.low.value_or(minimum.parameters.value));
      highs.push_back(minimum.parameters.high.value_or(minimum.parameters.value));
      losses.push_back(minimum.loss.value);
    }
  if (flops.empty()) return std::nullopt;
  const std::vector<ChartColumn> columns{{"family", families}, {"flops", flops}, {"parameters", parameters},
                                         {"low", lows},        {"high", highs},  {"loss", losses}};
  const Encoding x{"x", "flops", "training FLOPs", "~s", true}, color = colour(family_names(analysis));
  const std::string title = "best size, " + in_words(analysis.points.counted);
  Chart chart{"isoflop", "IsoFLOP minima", "The size with the lowest loss among runs of nearly the same compute."};
  chart.layers.push_back({"rule", columns, {x, {"y", "low", title, "~s", true}, {"y2", "high"}, color}});
  chart.layers.push_back({"point",
                          columns,
                          {x,
                           {"y", "parameters", title, "~s", true},
                           color,
                           {"tooltip", "flops", "training FLOPs", ".3s"},
                           {"tooltip", "parameters", title, ".3s"},
                           {"tooltip", "loss", "loss there", ".4f"}}});
  chart.layers.back().size = 60;
  chart.height = 260;
  return chart;
}

}  // namespace etude
