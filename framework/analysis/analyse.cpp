#include <algorithm>
#include <analysis/conclusions.hpp>
#include <analysis/fit.hpp>
#include <analysis/words.hpp>
#include <base/words.hpp>
#include <cmath>
#include <etude/error.hpp>

namespace etude {
namespace {

constexpr std::array all_forms = {Form::power, Form::offset, Form::chinchilla};

std::vector<LossPoint> of_family(const std::vector<LossPoint>& points, const std::string& family) {
  std::vector<LossPoint> own;
  for (const auto& point : points)
    if (point.family == family) own.push_back(point);
  return own;
}

/// Power and offset know sizes alone. They get the points of one token budget: that with most sizes, the largest of those; all
/// points where no budget has half of the sizes.
std::vector<LossPoint> of_one_budget(const std::vector<LossPoint>& points) {
  std::vector<LossPoint> sorted = points, best;
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.tokens < b.tokens; });
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto end =
        std::find_if(first, sorted.end(), [&](const auto& point) { return !(point.tokens <= first->tokens * 1.001); });
    std::vector<LossPoint> candidate(first, end);
    if (distinct_sizes(candidate) >= distinct_sizes(best)) best = std::move(candidate);
    first = end;
  }
  return 2 * distinct_sizes(best) >= distinct_sizes(points) ? best : points;
}

/// The largest model, at its largest budget.
LossPoint largest_of(const std::vector<LossPoint>& points) {
  return *std::max_element(points.begin(), points.end(), [](const LossPoint& a, const LossPoint& b) {
    if (a.parameters != b.parameters) return a.parameters < b.parameters;
    return a.tokens < b.tokens;
  });
}

FamilyAnalysis analyse_family(const std::string& family, const std::vector<LossPoint>& points, const ScalingOptions& options,
                              std::vector<std::string>& warnings) {
  FamilyAnalysis analysis;
  analysis.family = family;
  const bool known = std::all_of(points.begin(), points.end(), [](const auto& point) { return std::isfinite(point.tokens); });
  const auto same_budget = known ? of_one_budget(points) : points;
  const LossPoint largest = largest_of(same_budget);
  for (const Form form : all_forms) {
    const bool asked = std::find(options.forms.begin(), options.forms.end(), form) != options.forms.end();
    if (!options.forms.empty() && !asked) continue;
    const auto& own = form == Form::chinchilla ? points : same_budget;
    const bool same_size = points.size() > 1 && distinct_sizes(points) == 1;
    if (const std::string reason = same_size ? "all points have the same N" : why_not(form, own); !reason.empty()) {
      warnings.push_back(text(family_name(family), ": no ", name(form), " fit: ", reason));
      continue;
    }
    LawFit fit = fit_form(form, own, largest, options);
    fit.warnings = warnings_of(fit);
    const auto error = [](const LawFit& one) { return std::abs(std::log1p(one.held_out->relative_error)); };
    const LawFit* best = nullptr;
    for (const auto& other : analysis.fits)
      if (analysis.best_prediction == other.form) best = &other;
    if (fit.held_out && (!best || error(fit) < error(*best))) analysis.best_prediction = form;
    analysis.fits.push_back(std::move(fit));
  }
  // One prediction is no comparison.
  if (std::count_if(analysis.fits.begin(), analysis.fits.end(), [](const auto& fit) { return fit.held_out.has_value(); }) < 2)
    analysis.best_prediction.reset();
  analysis.isoflop = isoflop_minima(points, options);
  return analysis;
}

void add_optima(FamilyAnalysis& family, const std::vector<double>& budgets) {
  for (const auto& fit : family.fits) {
    if (fit.form != Form::chinchilla || !falls(fit, &LawParameters::alpha) || !falls(fit, &LawParameters::beta)) continue;
    double largest = 0;
    for (const auto& point : fit.points) largest = std::max(largest, point.flops);
    for (const double flops : budgets.empty() ? std::vector{largest} : budgets) family.optima.push_back(optimum_of(fit, flops));
  }
}

void add_crossovers(ScalingAnalysis& analysis) {
  for (std::size_t i = 0; i < analysis.families.size(); ++i)
    for (std::size_t j = i + 1; j < analysis.families.size(); ++j)
      for (const auto& first : analysis.families[i].fits)
        for (const auto& second : analysis.families[j].fits)
          if (first.form == second.form) analysis.crossovers.push_back(crossover_of(first, second));
}

void require_numbers(const std::vector<LossPoint>& points) {
  if (points.empty()) throw usage_error("there are no points to fit", "a fit needs runs that are done, or rows with a loss");
  for (const auto& point : points) {
    if (!(point.loss > 0 && std::isfinite(point.loss)))
      throw usage_error(text(point.run, ": the loss is ", point.loss),
                        "laws are fitted to logarithms of losses: they must be positive");
    if (!(point.parameters > 0 && std::isfinite(point.parameters)))
      throw usage_error(text(point.run, ": N is ", point.parameters), "it must be positive");
  }
}

}  // namespace

ScalingAnalysis analyse(const PointSet& points, const ScalingOptions& options) {
  if (points.points.empty() && !points.warnings.empty())
    throw usage_error("there are no points to fit", joined(points.warnings, "\n"));
  require_numbers(points.points);
  ScalingAnalysis analysis;
  analysis.points = points;
  analysis.warnings = points.warnings;
  std::vector<std::string> families;
  for (const auto& point : points.points)
    if (std::find(families.begin(), families.end(), point.family) == families.end()) families.push_back(point.family);
  std::vector<std::string> not_fitted;
  std::size_t fits = 0;
  for (const auto& family : families) {
    analysis.families.push_back(analyse_family(family, of_family(points.points, family), options, not_fitted));
    add_optima(analysis.families.back(), options.budgets);
    fits += analysis.families.back().fits.size();
  }
  if (fits == 0) throw usage_error("the points allow no fit", joined(not_fitted, "\n"));
  analysis.warnings.insert(analysis.warnings.end(), not_fitted.begin(), not_fitted.end());
  add_crossovers(analysis);
  return analysis;
}

}  // namespace etude
