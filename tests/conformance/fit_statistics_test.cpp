// What fits promise of many studies: noise-free laws come back, intervals cover the truth, warnings fire where they must and are
// silent where they should be. The oracle is the law that the points were made from.
#include <analysis/fit.hpp>
#include <catch.hpp>
#include <functional>
#include <unit/made_points.hpp>

namespace etude {
namespace {

using testing::Design;
using testing::fit_of;
using testing::law_for;
using testing::points_on;
using testing::TrueLaw;

/// A law of which a grid of some decades can tell everything: no term is gone, none is the floor.
TrueLaw identifiable_law(const Design& design, std::mt19937_64& generator) {
  const auto between = [&](double low, double high) { return std::uniform_real_distribution(low, high)(generator); };
  return law_for(design, 1, between(0.3, 0.8), between(0.25, 0.6), between(0.3, 0.8), between(0.25, 0.6));
}

std::vector<LossPoint> noisy_points(const Design& design, std::mt19937_64& generator) {
  const auto law = identifiable_law(design, generator);
  return points_on(law, design, generator());
}

/// The share of studies in which a fit has a warning with these words; "" is any warning at all.
double share_warned(Form form, const std::string& words, int studies,
                    const std::function<std::vector<LossPoint>(std::mt19937_64&)>& make) {
  std::mt19937_64 generator(17);
  int fired = 0;
  for (int study = 0; study < studies; ++study) fired += testing::warned(fit_of(make(generator), form, 160), words);
  return static_cast<double>(fired) / studies;
}

}  // namespace

TEST_CASE("Fifty random laws come back from points without noise to six digits") { testing::check_random_laws(50, 2026); }

TEST_CASE("On two hundred noisy studies the 95 % intervals cover the truth in 90 to 98 % of them") {
  const Design design{6, 4, 2, 0.005};
  std::mt19937_64 generator(11);
  constexpr int studies = 200;
  std::array<int, 5> covered{};
  for (int study = 0; study < studies; ++study) {
    const auto law = identifiable_law(design, generator);
    const auto points = points_on(law, design, generator());
    const Observations observations = observe(Form::chinchilla, points);
    const LogLaw best = best_law(Form::chinchilla, observations, FitMethod::lbfgs, thorough(Form::chinchilla));
    const auto fitted = parameters_of(Form::chinchilla, observations, best);
    const auto resamples = bootstrap(Form::chinchilla, points, best, 120, 1, 2);
    const auto covers = [&](double LawParameters::*member, double truth) {
      std::vector<double> values;
      for (const auto& resample : resamples) values.push_back(resample.*member);
      const Estimate estimate = with_interval(fitted.*member, values);
      return *estimate.low <= truth && truth <= *estimate.high;
    };
    covered[0] += covers(&LawParameters::E, law.E);
    covered[1] += covers(&LawParameters::A, law.A());
    covered[2] += covers(&LawParameters::alpha, law.alpha);
    covered[3] += covers(&LawParameters::B, law.B());
    covered[4] += covers(&LawParameters::beta, law.beta);
  }
  for (std::size_t i = 0; i < covered.size(); ++i) {
    CAPTURE(i);
    CHECK(covered[i] >= 0.90 * studies);
    CHECK(covered[i] <= 0.98 * studies);
  }
}

TEST_CASE("So do those of lines and of laws with an offset") {
  constexpr int studies = 200;
  for (const Form form : {Form::power, Form::offset}) {
    // With an offset the resamples of few sizes are wider apart than they need be.
    const double most = form == Form::power ? 0.98 : 1;
    const Design design{7, 1, 3, 0.005};
    std::mt19937_64 generator(5);
    int alpha = 0, A = 0;
    for (int study = 0; study < studies; ++study) {
      const double exponent = std::uniform_real_distribution(0.2, 0.6)(generator);
      const auto law = law_for(design, form == Form::power ? 0 : 1, 0.6, exponent, 0, 1);
      const auto fit = fit_of(points_on(law, design, generator()), form, 200);
      // (A/N)^alpha = a (N / middle)^-alpha
      const double true_A = law.middle_size * std::pow(law.a, 1 / law.alpha);
      alpha += *fit.alpha.low <= law.alpha && law.alpha <= *fit.alpha.high;
      A += *fit.A.low <= true_A && true_A <= *fit.A.high;
    }
    CAPTURE(name(form));
    CHECK(alpha >= 0.90 * studies);
    CHECK(alpha <= most * studies);
    CHECK(A >= 0.90 * studies);
    CHECK(A <= most * studies);
  }
}

TEST_CASE("Good studies are hardly ever warned of anything") {
  const Design design{6, 4, 2, 0.003};
  const auto good = [&](std::mt19937_64& generator) { return noisy_points(design, generator); };
  CHECK(share_warned(Form::chinchilla, "", 50, good) <= 0.1);
  const Design sizes{8, 1, 3, 0.002};
  const auto with_offset = [&](std::mt19937_64& generator) {
    auto law = identifiable_law(sizes, generator);
    law.b = 0;
    return points_on(law, sizes, generator());
  };
  CHECK(share_warned(Form::offset, "", 50, with_offset) <= 0.1);
  const auto line = [&](std::mt19937_64& generator) {
    auto law = identifiable_law(sizes, generator);
    law.E = law.b = 0;
    return points_on(law, sizes, generator());
  };
  CHECK(share_warned(Form::power, "", 50, line) <= 0.1);
}

TEST_CASE("Each warning fires on nearly all studies that deserve it") {
  constexpr int studies = 30;
  const auto made = [](const Design& design, const std::function<void(LossPoint&)>& change = {}) {
    return [=](std::mt19937_64& generator) {
      auto points = noisy_points(design, generator);
      if (change)
        for (auto& point : points) change(point);
      return points;
    };
  };
  CHECK(share_warned(Form::chinchilla, "two token budgets", studies, made({6, 2, 2, 0.003})) >= 0.9);
  CHECK(share_warned(Form::chinchilla, "two sizes", studies, made({2, 6, 2, 0.003})) >= 0.9);
  // Tokens in proportion to parameters.
  CHECK(share_warned(Form::chinchilla, "cannot be told apart", studies, [](std::mt19937_64& generator) {
          const Design design{6, 1, 2, 0};
          const auto law = identifiable_law(design, generator);
          auto points = points_on(law, design);
          std::normal_distribution<double> normal(0, 0.003);
          for (auto& point : points) {
            point.tokens = law.middle_budget * point.parameters / law.middle_size;
            point.loss = law.loss(point.parameters, point.tokens) * std::exp(normal(generator));
          }
          return points;
        }) >= 0.9);
  // Most sizes lie on the floor, noise among them.
  CHECK(share_warned(Form::offset, "reaches the lowest loss", studies, [](std::mt19937_64& generator) {
          const Design design{8, 1, 3, 0.01};
          auto law = identifiable_law(design, generator);
          law.a *= 0.02;
          law.b = 0;
          law.alpha += 0.4;
          return points_on(law, design, generator());
        }) >= 0.9);
  // Sizes within a factor of three, and noise that hides any curvature.
  const auto narrow = [](std::mt19937_64& generator) {
    const Design design{6, 1, 2, 0.02, 1.25};
    auto law = identifiable_law(design, generator);
    law.b = 0;
    return points_on(law, design, generator());
  };
  CHECK(share_warned(Form::offset, "E is ", studies, narrow) >= 0.9);  // not identified, or nothing
  CHECK(share_warned(Form::offset, "alpha is not identified", studies, narrow) >= 0.9);
  CHECK(share_warned(Form::chinchilla, "beta is not identified", studies, made({6, 3, 2, 0.03, 4, 1.3})) >= 0.9);
  // The smallest model did not learn.
  CHECK(share_warned(Form::power, "driven by one point", studies, [](std::mt19937_64& generator) {
          const Design design{6, 1, 1, 0.005};
          auto law = identifiable_law(design, generator);
          law.E = law.b = 0;
          law.alpha = 0.1;
          auto points = points_on(law, design, generator());
          points.front().loss *= 1.8;
          return points;
        }) >= 0.9);
  CHECK(share_warned(Form::power, "bend away from a line", studies, [](std::mt19937_64& generator) {
          const Design design{8, 1, 3, 0.002};
          auto law = identifiable_law(design, generator);
          law.b = 0;
          return points_on(law, design, generator());
        }) >= 0.9);
  // The largest model was not trained to its end.
  CHECK(share_warned(Form::chinchilla, "do not extrapolate", studies, made({6, 4, 2, 0.003}, [](LossPoint& point) {
                       if (point.parameters > 1e8) point.loss *= 1.1;
                     })) >= 0.9);
}

}  // namespace etude
