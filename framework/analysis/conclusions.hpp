// What follows from fits: what the points cannot tell, where families cross, and what a budget is best spent on.
#pragma once

#include <analysis/scaling.hpp>

namespace etude {

/// What the points do not identify, and what drives the fit, in plain words.
std::vector<std::string> warnings_of(const LawFit& fit);

/// Whether the loss falls with size (alpha) or data (beta) by what can be seen over the range of the points.
bool falls(const LawFit& fit, double LawParameters::*exponent);

/// Where the curves of two families cross, both fitted with one form.
Crossover crossover_of(const LawFit& first, const LawFit& second);

/// The N and D of the lowest loss for `flops` of training, from the law and its resamples (Hoffmann et al., 2022, equation 4).
Optimum optimum_of(const LawFit& chinchilla, double flops);

/// One for each group of points of nearly the same FLOPs that has three sizes and its minimum between them. Groups are a tenth or
/// more apart, and at most three tenths wide.
std::vector<IsoflopMinimum> isoflop_minima(const std::vector<LossPoint>& points, const ScalingOptions& options);

}  // namespace etude
