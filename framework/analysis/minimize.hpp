// L-BFGS: the minimum of a smooth function from a start.
#pragma once

#include <functional>
#include <vector>

namespace etude {

struct Minimum {
  std::vector<double> at;
  double value = 0;
};

/// The value at x, and its gradient in `gradient`.
using Objective = std::function<double(const std::vector<double>& x, std::vector<double>& gradient)>;
/// Multiplies by an approximation of the inverse Hessian, positive definite.
using Preconditioner = std::function<void(std::vector<double>&)>;

/// Nocedal & Wright, Numerical Optimization, algorithm 7.4, with a line search for the weak Wolfe conditions by bisection (Lewis
/// & Overton, 2013), which also serves functions whose curvature jumps, as Huber's does. Where the function is not a number the
/// step is shortened. Stops where three steps in a row win less than `precision` of the value, or after `iterations`.
/// @param inverse_hessian  takes the place of the scaled identity of L-BFGS; a good one saves most iterations
Minimum minimize(const Objective& objective, std::vector<double> start, const Preconditioner& inverse_hessian, int iterations,
                 double precision);

}  // namespace etude
