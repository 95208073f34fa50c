#include <algorithm>
#include <analysis/law.hpp>
#include <analysis/linear.hpp>
#include <analysis/minimize.hpp>
#include <cmath>

namespace etude {
namespace {

using Vector = std::vector<double>;

/// What is searched for: floor, height, log exponent, height, log exponent. Exponents are positive: losses fall.
Vector coordinates(const LogLaw& law, std::size_t terms) {
  Vector values{law.floor};
  for (std::size_t k = 0; k < terms; ++k) {
    values.push_back(law.height[k]);
    values.push_back(std::log(law.exponent[k]));
  }
  return values;
}

LogLaw law_at(const Vector& values, double objective) {
  LogLaw law;
  law.floor = values[0];
  for (std::size_t k = 0; 1 + 2 * k < values.size(); ++k) {
    law.height[k] = values[1 + 2 * k];
    law.exponent[k] = std::exp(values[2 + 2 * k]);
  }
  law.objective = objective;
  return law;
}

/// The objective at `p` with its gradient, and the Gauss-Newton matrix where it is asked for.
double evaluate(const Observations& data, double delta, const Vector& p, Vector& gradient, SymmetricMatrix* curvature) {
  const std::size_t n = p.size();
  std::fill(gradient.begin(), gradient.end(), 0.0);
  const double floor = std::exp(p[0]);
  const std::array<double, 2> exponent{std::exp(p[2]), data.terms == 2 ? std::exp(p[4]) : 0};
  std::array<double, 5> slope{};
  double sum = 0;
  for (std::size_t i = 0; i < data.log_loss.size(); ++i) {
    const double weight = data.weight[i];
    if (weight == 0) continue;
    std::array<double, 2> term{};
    double loss = floor;
    for (std::size_t k = 0; k < data.terms; ++k) loss += term[k] = std::exp(p[1 + 2 * k] - exponent[k] * data.x[i][k]);
    const double residual = std::log(loss) - data.log_loss[i];
    sum += weight * huber(residual, delta);
    slope[0] = floor / loss;
    for (std::size_t k = 0; k < data.terms; ++k) {
      slope[1 + 2 * k] = term[k] / loss;
      slope[2 + 2 * k] = -slope[1 + 2 * k] * exponent[k] * data.x[i][k];
    }
    const double pull = weight * std::clamp(residual, -delta, delta);
    for (std::size_t j = 0; j < n; ++j) gradient[j] += pull * slope[j];
    if (!curvature) continue;
    const double stiffness = weight * std::min(1.0, delta / std::abs(residual));
    for (std::size_t row = 0; row < n; ++row)
      for (std::size_t column = 0; column <= row; ++column) curvature->at(row, column) += stiffness * slope[row] * slope[column];
  }
  return sum;
}

/// Solves with the Gauss-Newton matrix at `p`, a little damped, since parameters may be of no consequence there.
Preconditioner gauss_newton(const Observations& data, double delta, const Vector& p) {
  SymmetricMatrix curvature(p.size());
  Vector gradient(p.size());
  evaluate(data, delta, p, gradient, &curvature);
  double largest = 0;
  for (std::size_t j = 0; j < p.size(); ++j) largest = std::max(largest, curvature.at(j, j));
  for (std::size_t j = 0; j < p.size(); ++j) curvature.at(j, j) += 1e-10 * curvature.at(j, j) + 1e-13 * largest;
  const auto factor = Cholesky::of(std::move(curvature));
  if (!factor) return [](Vector&) {};
  return [factor](Vector& values) { factor->solve(values); };
}

/// The best floor and heights for these exponents, in squares of relative residuals. What would be negative is set so small
/// that it hardly counts, but not to nothing, from where no descent leads back.
LogLaw linear_law(const Observations& data, const std::array<double, 2>& exponent) {
  const std::size_t n = 1 + data.terms;
  SymmetricMatrix normal(n);
  Vector b(n, 0.0), column(n);
  double total = 0, lowest = data.log_loss.front();
  for (std::size_t i = 0; i < data.log_loss.size(); ++i) {
    lowest = std::min(lowest, data.log_loss[i]);
    const double weight = data.weight[i];
    if (weight == 0) continue;
    column[0] = std::exp(-data.log_loss[i]);
    for (std::size_t k = 0; k < data.terms; ++k) column[1 + k] = std::exp(-exponent[k] * data.x[i][k] - data.log_loss[i]);
    total += weight;
    for (std::size_t row = 0; row < n; ++row) {
      b[row] += weight * column[row];
      for (std::size_t j = 0; j <= row; ++j) normal.at(row, j) += weight * column[row] * column[j];
    }
  }
  const auto solution = non_negative_solution(normal, b);
  constexpr double small = 1e-3;
  const auto logarithm = [&](double value) { return value > 0 ? std::log(value) : lowest + std::log(small); };
  LogLaw law;
  law.floor = logarithm(solution.x[0]);
  for (std::size_t k = 0; k < data.terms; ++k) law.height[k] = logarithm(solution.x[1 + k]);
  law.exponent = exponent;
  law.objective = total - solution.gain;
  return law;
}

}  // namespace

double huber(double residual, double delta) {
  const double size = std::abs(residual);
  return size <= delta ? residual * residual / 2 : delta * (size - delta / 2);
}

Observations observe(const std::vector<LossPoint>& points, std::size_t terms) {
  Observations data;
  data.terms = terms;
  std::array<double, 2> least{}, most{};
  for (const auto& point : points) {
    const std::array<double, 2> logs{std::log(point.parameters), terms == 2 ? std::log(point.tokens) : 0.0};
    for (std::size_t k = 0; k < 2; ++k) {
      data.centre[k] += logs[k] / static_cast<double>(points.size());
      least[k] = data.x.empty() ? logs[k] : std::min(least[k], logs[k]);
      most[k] = data.x.empty() ? logs[k] : std::max(most[k], logs[k]);
      data.span[k] = most[k] - least[k];
    }
    data.x.push_back(logs);
    data.log_loss.push_back(std::log(point.loss));
    data.weight.push_back(1);
  }
  for (auto& x : data.x)
    for (std::size_t k = 0; k < 2; ++k) x[k] -= data.centre[k];
  return data;
}

double objective_of(const Observations& data, double delta, const LogLaw& law) {
  double sum = 0;
  for (std::size_t i = 0; i < data.log_loss.size(); ++i) {
    double loss = std::exp(law.floor);
    for (std::size_t k = 0; k < data.terms; ++k) loss += std::exp(law.height[k] - law.exponent[k] * data.x[i][k]);
    sum += data.weight[i] * huber(std::log(loss) - data.log_loss[i], delta);
  }
  return sum;
}

LogLaw refine(const Observations& data, double delta, const LogLaw& start, double precision) {
  Vector p = coordinates(start, data.terms);
  const Objective objective = [&](const Vector& x, Vector& gradient) { return evaluate(data, delta, x, gradient, nullptr); };
  double before = std::numeric_limits<double>::infinity();
  for (int round = 0; round < 4; ++round) {
    Minimum minimum = minimize(objective, p, gauss_newton(data, delta, p), round == 0 ? 60 : 40, precision);
    p = std::move(minimum.at);
    const double gain = before - minimum.value;
    before = minimum.value;
    if (gain <= 1e4 * precision * minimum.value + 1e-26) break;
  }
  return law_at(p, before);
}

std::vector<LogLaw> grid_starts(const Observations& data, std::size_t per_axis, std::size_t count) {
  // Over the span of the points a term falls by a tenth of an e-fold, or by twenty.
  constexpr double slowest = 0.1, fastest = 20;
  const auto exponent = [&](std::size_t step, std::size_t axis) {
    const double span = data.span[axis] > 0 ? data.span[axis] : 1;
    return slowest / span * std::pow(fastest / slowest, static_cast<double>(step) / static_cast<double>(per_axis - 1));
  };
  const std::size_t columns = data.terms == 2 ? per_axis : 1;
  std::vector<LogLaw> grid;
  for (std::size_t i = 0; i < per_axis; ++i)
    for (std::size_t j = 0; j < columns; ++j)
      grid.push_back(linear_law(data, {exponent(i, 0), data.terms == 2 ? exponent(j, 1) : 0}));

  const auto lowest_of_its_neighbours = [&](std::size_t i, std::size_t j) {
    for (std::size_t a = i > 0 ? i - 1 : 0; a < std::min(i + 2, per_axis); ++a)
      for (std::size_t b = j > 0 ? j - 1 : 0; b < std::min(j + 2, columns); ++b)
        if (grid[a * columns + b].objective < grid[i * columns + j].objective) return false;
    return true;
  };
  std::vector<LogLaw> chosen, others;
  for (std::size_t i = 0; i < per_axis; ++i)
    for (std::size_t j = 0; j < columns; ++j) (lowest_of_its_neighbours(i, j) ? chosen : others).push_back(grid[i * columns + j]);
  const auto better = [](const LogLaw& a, const LogLaw& b) { return a.objective < b.objective; };
  std::sort(chosen.begin(), chosen.end(), better);
  std::sort(others.begin(), others.end(), better);
  chosen.insert(chosen.end(), others.begin(), others.end());
  chosen.resize(std::min(chosen.size(), count));
  return chosen;
}

LawParameters parameters_of(Form form, const Observations& data, const LogLaw& law) {
  LawParameters result;
  // A floor that cannot be seen in double precision of the losses is none: descents only come ever nearer to it.
  const double least = *std::min_element(data.log_loss.begin(), data.log_loss.end());
  if (form != Form::power) result.E = law.floor < least + std::log(1e-6) ? 0 : std::exp(law.floor);
  result.alpha = law.exponent[0];
  const double log_term = law.height[0] + law.exponent[0] * data.centre[0];
  result.log_A = form == Form::chinchilla ? log_term : log_term / law.exponent[0];
  result.A = std::exp(result.log_A);
  if (form == Form::chinchilla) {
    result.beta = law.exponent[1];
    result.log_B = law.height[1] + law.exponent[1] * data.centre[1];
    result.B = std::exp(result.log_B);
  }
  return result;
}

}  // namespace etude
