// A law as the fit sees it: log L = log(e^floor + sum_k e^(height_k - exponent_k x_k)), x_k the centred logarithms of N and D.
//
// In these coordinates every term is positive whatever the parameters, and the heights are the terms' sizes in the middle of the
// points, which depend on the exponents far less than A and B do.
#pragma once

#include <analysis/scaling.hpp>
#include <array>
#include <vector>

namespace etude {

/// Losses in logarithms. Resampled: the same points with other weights.
struct Observations {
  std::size_t terms = 1;  ///< 1: of N; 2: of N and D
  std::array<double, 2> centre{}, span{};
  std::vector<std::array<double, 2>> x;
  std::vector<double> log_loss, weight;
};

Observations observe(const std::vector<LossPoint>& points, std::size_t terms);

struct LogLaw {
  double floor = 0;
  std::array<double, 2> height{}, exponent{};
  double objective = 0;
};

/// Beyond this residual of log L a Huber term grows linearly (Hoffmann et al., 2022, equation 3).
inline constexpr double huber_delta = 1e-3;

/// Huber's function: r^2 / 2, beyond delta linear. An infinite delta gives squares.
double huber(double residual, double delta);

/// The sum of Huber terms of the residuals.
double objective_of(const Observations& observations, double delta, const LogLaw& law);

/// The nearest minimum, by L-BFGS whose first curvature is that of Gauss and Newton, begun again until that wins nothing more.
/// @param precision  of the objective, relative
LogLaw refine(const Observations& observations, double delta, const LogLaw& start, double precision);

/// A grid over exponents, from terms that hardly fall over the span of the points to terms that are gone after a fraction of it;
/// at each point the floor and the heights that fit best in squares of relative residuals: a linear problem.
/// @param per_axis  points of the grid for each exponent
/// @return          the `count` best: the local minima of the grid first
std::vector<LogLaw> grid_starts(const Observations& observations, std::size_t per_axis, std::size_t count);

/// Variable projection (Golub & Pereyra, 1973): a search over the exponents alone, downhill from the best points of the grid; for
/// each of its trials the floor and the heights are solved for, by linear solves reweighted for Huber's function.
LogLaw project(const Observations& observations, double delta, std::size_t per_axis, std::size_t count);

/// In the units of the points. Of offset, the term is (A/N)^alpha.
LawParameters parameters_of(Form form, const Observations& observations, const LogLaw& law);

}  // namespace etude
