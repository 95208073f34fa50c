// One form fitted to points, and to resamples of them.
#pragma once

#include <analysis/law.hpp>

namespace etude {

/// Runs that differ in nothing but seeds, as indices of points. What stands together in the points' `cell` is one; points without
/// a cell are one each.
std::vector<std::vector<std::size_t>> cells_of(const std::vector<LossPoint>& points);

/// How many values are different, by more than a thousandth: sizes, budgets.
std::size_t distinct(std::vector<double> values);
std::size_t distinct_sizes(const std::vector<LossPoint>& points);
std::size_t distinct_budgets(const std::vector<LossPoint>& points);

/// Of power 2, of offset 3, of chinchilla 5.
std::size_t parameter_count(Form form);

/// Why a form cannot be fitted to the points at all, in words; empty if it can.
std::string why_not(Form form, const std::vector<LossPoint>& points);

/// How hard the minimum is looked for: a grid of starts, how many of them are followed, and to which relative precision.
struct Effort {
  std::size_t per_axis, starts;
  double precision;
};
Effort thorough(Form form);
/// Of one resample: five starts of its own, beside the one from the fit to all points.
Effort resampled(Form form);

/// @param warm  a further start, or nullptr
LogLaw best_law(Form form, const Observations& observations, FitMethod method, const Effort& effort,
                const LogLaw* warm = nullptr);

Observations observe(Form form, const std::vector<LossPoint>& points);

/// The quantile of Student's t where that of the normal distribution is z, by the expansion of Fisher & Cornish (1960): within a
/// hundredth from four degrees of freedom on.
double student_quantile(double z, double freedom);

/// Laws fitted to resamples: cells drawn with replacement, as many as there are, each with all its runs. A draw to which the form
/// cannot be fitted is drawn again. The same whatever the number of threads. None where there are no more cells than parameters.
std::vector<LawParameters> bootstrap(Form form, const std::vector<LossPoint>& points, const LogLaw& fitted, int resamples,
                                     std::uint64_t seed, int threads);

/// `value` with the 2.5 and 97.5 percentiles of `resampled` (what is not a number aside); without an interval where those are
/// fewer than forty.
Estimate with_interval(double value, std::vector<double> resampled);

/// Fits the form and all that goes with it, but for warnings.
/// @param largest  the point that is held out with all of its size or above
LawFit fit_form(Form form, const std::vector<LossPoint>& points, const LossPoint& largest, const ScalingOptions& options);

}  // namespace etude
