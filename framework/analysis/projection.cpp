// Variable projection: of a law's parameters only the exponents are searched for; the others follow from them.
#include <algorithm>
#include <analysis/law.hpp>
#include <analysis/linear.hpp>
#include <cmath>
#include <functional>

namespace etude {
namespace {

using Vector = std::vector<double>;

/// The floor and the heights that minimise the objective for fixed exponents: Gauss-Newton on the positive terms, reweighted for
/// Huber's function, from `law`'s own.
LogLaw solve_terms(const Observations& data, double delta, LogLaw law) {
  const std::size_t n = 1 + data.terms;
  Vector terms{std::exp(law.floor)};
  for (std::size_t k = 0; k < data.terms; ++k) terms.push_back(std::exp(law.height[k]));
  std::vector<std::array<double, 3>> columns;
  for (const auto& x : data.x)
    columns.push_back({1, std::exp(-law.exponent[0] * x[0]), data.terms == 2 ? std::exp(-law.exponent[1] * x[1]) : 0});
  const auto loss = [&](const Vector& at, std::size_t i) {
    return at[0] + at[1] * columns[i][1] + (n == 3 ? at[2] * columns[i][2] : 0);
  };
  const auto objective = [&](const Vector& at) {
    double sum = 0;
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (data.weight[i] > 0) sum += data.weight[i] * huber(std::log(loss(at, i)) - data.log_loss[i], delta);
    return sum;
  };
  double value = objective(terms);
  for (int iteration = 0; iteration < 200; ++iteration) {
    SymmetricMatrix normal(n);
    Vector b(n, 0.0);
    for (std::size_t i = 0; i < columns.size(); ++i) {
      if (data.weight[i] == 0) continue;
      const double predicted = loss(terms, i), residual = std::log(predicted) - data.log_loss[i];
      const double weight = data.weight[i] * std::min(1.0, delta / std::max(std::abs(residual), 1e-300));
      for (std::size_t row = 0; row < n; ++row) {
        const double slope = columns[i][row] / predicted;
        b[row] += weight * slope * (1 - residual);
        for (std::size_t j = 0; j <= row; ++j) normal.at(row, j) += weight * slope * columns[i][j] / predicted;
      }
    }
    const Vector wanted = non_negative_solution(normal, b).x;
    Vector next = wanted;
    double next_value = objective(next);
    for (int halving = 0; halving < 20 && !(next_value <= value); ++halving) {
      for (std::size_t j = 0; j < n; ++j) next[j] = (next[j] + terms[j]) / 2;
      next_value = objective(next);
    }
    if (!(next_value <= value)) break;
    const bool settled = value - next_value <= 1e-13 * value;
    terms = next;
    value = next_value;
    if (settled) break;
  }
  law.floor = std::log(terms[0]);
  for (std::size_t k = 0; k < data.terms; ++k) law.height[k] = std::log(terms[1 + k]);
  law.objective = value;
  return law;
}

/// Downhill by a simplex (Nelder & Mead, 1965), from `start` and one step of `reach` along each axis.
Vector descend(const std::function<double(const Vector&)>& value_at, const Vector& start, double reach) {
  struct Corner {
    Vector x;
    double value;
  };
  std::vector<Corner> simplex{{start, value_at(start)}};
  for (std::size_t j = 0; j < start.size(); ++j) {
    Vector x = start;
    x[j] += reach;
    simplex.push_back({x, value_at(x)});
  }
  const auto better = [](const Corner& a, const Corner& b) { return a.value < b.value; };
  for (int iteration = 0; iteration < 400; ++iteration) {
    std::sort(simplex.begin(), simplex.end(), better);
    Corner& worst = simplex.back();
    double size = 0;
    for (std::size_t j = 0; j < start.size(); ++j) size = std::max(size, std::abs(worst.x[j] - simplex[0].x[j]));
    if (size < 1e-11) break;
    /// On the line from the worst corner through the middle of the others, `factor` beyond that.
    const auto trial = [&](double factor) {
      Vector x(start.size(), 0.0);
      for (std::size_t j = 0; j < x.size(); ++j) {
        for (std::size_t corner = 0; corner + 1 < simplex.size(); ++corner)
          x[j] += simplex[corner].x[j] / static_cast<double>(simplex.size() - 1);
        x[j] += factor * (x[j] - worst.x[j]);
      }
      return Corner{x, value_at(x)};
    };
    Corner next = trial(1);
    if (next.value < simplex[0].value) {
      if (Corner further = trial(2); further.value < next.value) next = std::move(further);
    } else if (!(next.value < simplex[simplex.size() - 2].value)) {
      next = trial(next.value < worst.value ? 0.5 : -0.5);
    }
    if (next.value < worst.value) {
      worst = std::move(next);
      continue;
    }
    for (std::size_t corner = 1; corner < simplex.size(); ++corner) {
      for (std::size_t j = 0; j < start.size(); ++j) simplex[corner].x[j] = (simplex[corner].x[j] + simplex[0].x[j]) / 2;
      simplex[corner].value = value_at(simplex[corner].x);
    }
  }
  return std::min_element(simplex.begin(), simplex.end(), better)->x;
}

}  // namespace

LogLaw project(const Observations& data, double delta, std::size_t per_axis, std::size_t count) {
  LogLaw best;
  best.objective = std::numeric_limits<double>::infinity();
  for (const LogLaw& start : grid_starts(data, per_axis, count)) {
    // Logarithms of the exponents: they stay positive, and steps are in proportion.
    const auto law_at = [&](const Vector& x) {
      LogLaw law = start;
      for (std::size_t k = 0; k < data.terms; ++k) law.exponent[k] = std::exp(x[k]);
      return solve_terms(data, delta, law);
    };
    Vector x;
    for (std::size_t k = 0; k < data.terms; ++k) x.push_back(std::log(start.exponent[k]));
    // A second simplex, small, goes on where the first has collapsed on the way.
    for (const double reach : {0.2, 1e-3}) x = descend([&](const Vector& at) { return law_at(at).objective; }, x, reach);
    if (const LogLaw found = law_at(x); found.objective < best.objective) best = found;
  }
  return best;
}

}  // namespace etude
