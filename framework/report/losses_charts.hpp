// Losses of a study's points as charts, with the laws fitted to them.
#pragma once

#include <analysis/scaling.hpp>
#include <optional>
#include <report/chart.hpp>

namespace etude {

/// The fit that charts show of a family: that of all token budgets, else the form that predicted the held-out model best, else
/// the last; null where nothing was fitted.
const LawFit* shown_fit(const FamilyAnalysis& family);

/// Loss against parameters: points, curves with bands, and what the smaller models predict of the largest.
Chart parameters_chart(const ScalingAnalysis& analysis);

/// Loss against training FLOPs, with the lowest loss that a law allows for them. Nothing where FLOPs are not known.
std::optional<Chart> compute_chart(const ScalingAnalysis& analysis);

/// IsoFLOP minima: the best size for a budget. Nothing where the points have none.
std::optional<Chart> isoflop_chart(const ScalingAnalysis& analysis);

}  // namespace etude
