#include <algorithm>
#include <analysis/minimize.hpp>
#include <cmath>
#include <deque>
#include <limits>
#include <numeric>

namespace etude {
namespace {

using Vector = std::vector<double>;

constexpr std::size_t remembered_steps = 10;
constexpr double largest_change = 2;  ///< of any coordinate in a first trial step: parameters are logarithms and exponents

double dot(const Vector& a, const Vector& b) { return std::inner_product(a.begin(), a.end(), b.begin(), 0.0); }

/// A step taken and the change of the gradient along it.
struct Step {
  Vector moved, gradient_change;
  double scale;  ///< 1 / (moved . gradient_change)
};

/// The two-loop recursion: minus the direction of descent.
Vector direction(const Vector& gradient, const std::deque<Step>& steps, const Preconditioner& inverse_hessian) {
  Vector d = gradient;
  Vector along(steps.size());
  for (std::size_t i = steps.size(); i-- > 0;) {
    along[i] = steps[i].scale * dot(steps[i].moved, d);
    for (std::size_t j = 0; j < d.size(); ++j) d[j] -= along[i] * steps[i].gradient_change[j];
  }
  inverse_hessian(d);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const double correction = along[i] - steps[i].scale * dot(steps[i].gradient_change, d);
    for (std::size_t j = 0; j < d.size(); ++j) d[j] += correction * steps[i].moved[j];
  }
  return d;
}

/// A point and what the function is there.
struct Place {
  Vector x, gradient;
  double value;
};

/// The place that fulfils the weak Wolfe conditions along -d, or the last one tried.
Place search(const Objective& objective, const Place& from, const Vector& d, double slope) {
  constexpr double decrease = 1e-4, flattening = 0.9, infinite = std::numeric_limits<double>::infinity();
  double widest = 0;
  for (const double change : d) widest = std::max(widest, std::abs(change));
  double length = widest > largest_change ? largest_change / widest : 1;
  double low = 0, high = infinite;
  Place trial = from;
  for (int attempt = 0; attempt < 40; ++attempt) {
    for (std::size_t j = 0; j < d.size(); ++j) trial.x[j] = from.x[j] - length * d[j];
    trial.value = objective(trial.x, trial.gradient);
    if (!(trial.value <= from.value + decrease * length * slope))
      high = length;
    else if (-dot(trial.gradient, d) < flattening * slope)
      low = length;
    else
      break;
    length = high == infinite ? 2 * length : (low + high) / 2;
    if (high != infinite && high - low < 1e-12 * high) break;
  }
  return trial;
}

}  // namespace

Minimum minimize(const Objective& objective, std::vector<double> start, const Preconditioner& inverse_hessian, int iterations,
                 double precision) {
  Place place{std::move(start), {}, 0};
  place.gradient.resize(place.x.size());
  place.value = objective(place.x, place.gradient);
  std::deque<Step> steps;
  int small_gains = 0;
  for (int iteration = 0; iteration < iterations && small_gains < 3; ++iteration) {
    const Vector d = direction(place.gradient, steps, inverse_hessian);
    const double slope = -dot(place.gradient, d);
    Place next = slope < 0 ? search(objective, place, d, slope) : place;
    if (!(next.value < place.value)) {
      // What was remembered no longer fits; without memory there is nothing left to try.
      if (steps.empty()) break;
      steps.clear();
      continue;
    }
    Step step{next.x, next.gradient, 0};
    for (std::size_t j = 0; j < d.size(); ++j) {
      step.moved[j] -= place.x[j];
      step.gradient_change[j] -= place.gradient[j];
    }
    const double curvature = dot(step.moved, step.gradient_change);
    if (curvature > 1e-300) {
      step.scale = 1 / curvature;
      steps.push_back(std::move(step));
      if (steps.size() > remembered_steps) steps.pop_front();
    }
    const double gain = place.value - next.value;
    small_gains = gain <= precision * std::abs(place.value) + 1e-30 ? small_gains + 1 : 0;
    place = std::move(next);
  }
  return {std::move(place.x), place.value};
}

}  // namespace etude
