// Points of studies that nobody ran: losses that follow a known law, and the five that were published.
#pragma once

#include <algorithm>
#include <analysis/scaling.hpp>
#include <catch.hpp>
#include <cmath>
#include <random>

namespace etude::testing {

inline LossPoint point_at(double parameters, double tokens, double loss, const std::string& run) {
  LossPoint point;
  point.run = point.cell = run;
  point.parameters = parameters;
  point.tokens = tokens;
  point.loss = loss;
  point.flops = 6 * parameters * tokens;
  return point;
}

/// The five GPT models of the study, at 100 M tokens (study.md, section 2).
inline PointSet published_gpts() {
  PointSet set;
  set.points = {point_at(829'696, 1e8, 0.65284709, "tiny"), point_at(4'807'168, 1e8, 0.47927661, "small"),
                point_at(21'375'744, 1e8, 0.45095918, "medium"), point_at(50'529'280, 1e8, 0.4364914, "large"),
                point_at(113'542'656, 1e8, 0.42503417, "xl")};
  return set;
}

/// A grid of sizes and budgets, each with some seeds.
struct Design {
  int sizes = 6, budgets = 4, seeds = 2;
  double noise = 0;  ///< standard deviation of log L
  double size_ratio = 4, budget_ratio = 4;
};

inline constexpr double smallest_model = 1e5, smallest_budget = 1e6;

/// The law in words of its own, so that it is an oracle: E + a (N / middle N)^-alpha + b (D / middle D)^-beta.
struct TrueLaw {
  double E, a, alpha, b, beta;
  double middle_size, middle_budget;

  double loss(double parameters, double tokens) const {
    return E + a * std::pow(parameters / middle_size, -alpha) + b * std::pow(tokens / middle_budget, -beta);
  }
  double A() const { return a * std::pow(middle_size, alpha); }
  double B() const { return b * std::pow(middle_budget, beta); }
};

inline TrueLaw law_for(const Design& design, double E, double a, double alpha, double b, double beta) {
  return {E,
          a,
          alpha,
          b,
          beta,
          smallest_model * std::pow(design.size_ratio, (design.sizes - 1) / 2.0),
          smallest_budget * std::pow(design.budget_ratio, (design.budgets - 1) / 2.0)};
}

inline std::vector<LossPoint> points_on(const TrueLaw& law, const Design& design, std::uint64_t seed = 1,
                                        const std::string& family = "") {
  std::mt19937_64 generator(seed);
  std::normal_distribution<double> normal;
  std::vector<LossPoint> points;
  for (int size = 0; size < design.sizes; ++size)
    for (int budget = 0; budget < design.budgets; ++budget)
      for (int one = 0; one < design.seeds; ++one) {
        const double n = std::round(smallest_model * std::pow(design.size_ratio, size));
        const double d = std::round(smallest_budget * std::pow(design.budget_ratio, budget));
        auto point = point_at(n, d, law.loss(n, d) * std::exp(design.noise * normal(generator)),
                              family + "/" + std::to_string(size) + "/" + std::to_string(budget));
        point.family = family;
        points.push_back(point);
      }
  return points;
}

/// A law with exponents from 0.1 to 0.9 and terms of the order of the floor.
inline TrueLaw random_law(const Design& design, std::mt19937_64& generator) {
  const auto between = [&](double low, double high) { return std::uniform_real_distribution(low, high)(generator); };
  const double E = std::exp(between(std::log(0.3), std::log(3)));
  const double a = E * std::exp(between(std::log(0.3), std::log(3))), b = E * std::exp(between(std::log(0.3), std::log(3)));
  return law_for(design, E, a, between(0.1, 0.9), b, between(0.1, 0.9));
}

inline ScalingOptions options_of(Form form, int resamples = 0) {
  ScalingOptions options;
  options.forms = {form};
  options.resamples = resamples;
  return options;
}

inline LawFit fit_of(std::vector<LossPoint> points, const ScalingOptions& options) {
  PointSet set;
  set.points = std::move(points);
  return analyse(set, options).families.at(0).fits.at(0);
}

inline LawFit fit_of(std::vector<LossPoint> points, Form form, int resamples = 0) {
  return fit_of(std::move(points), options_of(form, resamples));
}

/// Whether a warning of the fit has these words; "" is any warning at all.
inline bool warned(const LawFit& fit, const std::string& words) {
  return std::any_of(fit.warnings.begin(), fit.warnings.end(),
                     [&](const auto& warning) { return warning.find(words) != std::string::npos; });
}

/// Random laws on a grid without noise come back to six digits.
inline void check_random_laws(int laws, std::uint64_t seed) {
  const Design design{6, 4, 1};
  std::mt19937_64 generator(seed);
  for (int i = 0; i < laws; ++i) {
    const auto law = random_law(design, generator);
    const auto fit = fit_of(points_on(law, design), Form::chinchilla);
    CAPTURE(law.E, law.a, law.alpha, law.b, law.beta);
    CHECK(fit.law.E == Approx(law.E).epsilon(1e-6));
    CHECK(fit.law.A == Approx(law.A()).epsilon(1e-6));
    CHECK(fit.law.alpha == Approx(law.alpha).epsilon(1e-6));
    CHECK(fit.law.B == Approx(law.B()).epsilon(1e-6));
    CHECK(fit.law.beta == Approx(law.beta).epsilon(1e-6));
  }
}

}  // namespace etude::testing
