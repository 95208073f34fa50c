#include <algorithm>
#include <analysis/conclusions.hpp>
#include <analysis/fit.hpp>
#include <analysis/linear.hpp>
#include <cmath>
#include <etude/random.hpp>

namespace etude {
namespace {

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// A parabola through log L against log N.
struct Vertex {
  double log_parameters, log_loss;
};

/// Nothing where the parabola opens downwards, or its vertex is not between the points.
std::optional<Vertex> vertex_of(const std::vector<LossPoint>& points, const std::vector<double>& weights) {
  double centre = 0, total = 0, least = std::numeric_limits<double>::infinity(), most = -least;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (weights[i] == 0) continue;
    const double x = std::log(points[i].parameters);
    total += weights[i];
    centre += weights[i] * x;
    least = std::min(least, x);
    most = std::max(most, x);
  }
  centre /= total;
  ParabolaEquations equations;
  for (std::size_t i = 0; i < points.size(); ++i)
    equations.add(std::log(points[i].parameters) - centre, std::log(points[i].loss), weights[i]);
  const auto factor = Cholesky::of(std::move(equations.normal));
  if (!factor) return std::nullopt;
  std::vector<double>& b = equations.right;
  factor->solve(b);
  const double place = -b[1] / (2 * b[2]);
  if (!(b[2] > 0) || place + centre < least || place + centre > most) return std::nullopt;
  return Vertex{place + centre, b[0] + b[1] * place / 2};
}

std::optional<IsoflopMinimum> minimum_of(const std::vector<LossPoint>& points, const ScalingOptions& options) {
  if (distinct_sizes(points) < 3) return std::nullopt;
  std::vector<double> flops, per_product;
  for (const auto& point : points) {
    flops.push_back(point.flops);
    per_product.push_back(point.flops / (point.parameters * point.tokens));
  }
  const double budget = median(flops), k = median(per_product);
  const auto vertex = vertex_of(points, std::vector<double>(points.size(), 1.0));
  if (!vertex) return std::nullopt;

  std::vector<double> parameters, tokens, losses;
  const auto cells = cells_of(points);
  // Of three cells a resample has all or none of a parabola.
  for (std::int64_t resample = 0; cells.size() > 3 && resample < options.resamples; ++resample) {
    std::vector<double> weights(points.size(), 0.0);
    for (std::size_t draw = 0; draw < cells.size(); ++draw) {
      const auto bits = random_bits(options.seed, Purpose::bootstrap, resample, static_cast<std::int64_t>(draw));
      for (const std::size_t point : cells[random_below(bits, cells.size())]) weights[point] += 1;
    }
    const auto found = vertex_of(points, weights);
    if (!found) continue;
    parameters.push_back(std::exp(found->log_parameters));
    tokens.push_back(budget / (k * parameters.back()));
    losses.push_back(std::exp(found->log_loss));
  }
  // An interval of the resamples that have a minimum would say too much where many have none.
  if (20 * parameters.size() < 19 * static_cast<std::size_t>(options.resamples)) parameters = tokens = losses = {};
  const double best = std::exp(vertex->log_parameters);
  return IsoflopMinimum{points.front().family,
                        budget,
                        with_interval(best, std::move(parameters)),
                        with_interval(budget / (k * best), std::move(tokens)),
                        with_interval(std::exp(vertex->log_loss), std::move(losses)),
                        points.size()};
}

}  // namespace

Optimum optimum_of(const LawFit& fit, double flops) {
  std::vector<double> per_product;
  double least_n = std::numeric_limits<double>::infinity(), least_d = least_n, most_n = 0, most_d = 0;
  for (const auto& point : fit.points) {
    per_product.push_back(point.flops / (point.parameters * point.tokens));
    least_n = std::min(least_n, point.parameters);
    most_n = std::max(most_n, point.parameters);
    least_d = std::min(least_d, point.tokens);
    most_d = std::max(most_d, point.tokens);
  }
  const double product = flops / median(per_product);  // N D
  const auto best_parameters = [&](const LawParameters& law) {
    // Where the derivative of A N^-alpha + B (product/N)^-beta by log N is zero.
    return std::exp((std::log(law.alpha / law.beta) + law.log_A - law.log_B + law.beta * std::log(product)) /
                    (law.alpha + law.beta));
  };
  std::vector<double> parameters, tokens, losses;
  for (const auto& law : fit.resamples) {
    const double n = best_parameters(law);
    parameters.push_back(n);
    tokens.push_back(product / n);
    losses.push_back(loss_of(fit.form, law, n, product / n));
  }
  const double n = best_parameters(fit.law), d = product / n;
  Optimum best{fit.family, flops, with_interval(n, std::move(parameters)), with_interval(d, std::move(tokens)),
               with_interval(loss_of(fit.form, fit.law, n, d), std::move(losses))};
  best.in_range = n >= least_n && n <= most_n && d >= least_d && d <= most_d;
  return best;
}

std::vector<IsoflopMinimum> isoflop_minima(const std::vector<LossPoint>& points, const ScalingOptions& options) {
  constexpr double gap = 1.1, widest = 1.3;
  std::vector<LossPoint> sorted;
  for (const auto& point : points)
    if (std::isfinite(point.flops) && std::isfinite(point.tokens)) sorted.push_back(point);
  std::sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.flops < b.flops; });
  std::vector<IsoflopMinimum> minima;
  for (auto first = sorted.begin(); first != sorted.end();) {
    const auto is_apart = [](const LossPoint& a, const LossPoint& b) { return b.flops > gap * a.flops; };
    auto end = std::adjacent_find(first, sorted.end(), is_apart);
    if (end != sorted.end()) ++end;
    if (std::prev(end)->flops <= widest * first->flops)
      if (auto minimum = minimum_of({first, end}, options)) minima.push_back(std::move(*minimum));
    first = end;
  }
  return minima;
}

}  // namespace etude
