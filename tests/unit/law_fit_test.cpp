#include <catch.hpp>
#include <unit/made_points.hpp>

namespace etude {
namespace {

using testing::Design;
using testing::fit_of;
using testing::law_for;
using testing::options_of;
using testing::points_on;
using testing::published_gpts;

/// The points but the last: the study asks the four smaller ones for XL.
const LeftOut& without(const LawFit& fit, const std::string& run) {
  for (const auto& left : fit.leave_one_out)
    if (left.run == run) return left;
  throw std::runtime_error("nothing was fitted without " + run);
}

}  // namespace

TEST_CASE("The line through the five published losses is the study's") {
  const auto fit = fit_of(published_gpts().points, Form::power);
  CHECK(fit.law.alpha == Approx(0.082818).margin(5e-7));
  CHECK(fit.r2 == Approx(0.8609).margin(5e-5));
  CHECK(without(fit, "tiny").law.alpha == Approx(0.03824).margin(5e-6));
  CHECK(fit.held_out.value().relative_error == Approx(-0.0898).margin(5e-5));
  CHECK(fit.held_out->parameters == 113'542'656);
  CHECK(fit.held_out->measured == Approx(0.42503417));
  CHECK(fit.budget == 1e8);
}

TEST_CASE("With an offset the five published losses give the study's other numbers, by either method") {
  auto options = options_of(Form::offset);
  options.method = GENERATE(FitMethod::lbfgs, FitMethod::projection);
  const auto fit = fit_of(published_gpts().points, options);
  CHECK(fit.law.E == Approx(0.42559).margin(5e-6));
  CHECK(fit.law.alpha == Approx(0.77805).margin(5e-6));
  CHECK(fit.law.A == Approx(123'024).margin(1));
  CHECK(fit.objective == Approx(5.1629e-4).margin(5e-9));
  CHECK(fit.held_out.value().relative_error == Approx(0.0274).margin(5e-5));
}

TEST_CASE("A law of five parameters comes back from points without noise, by either method") {
  auto options = options_of(Form::chinchilla);
  options.method = GENERATE(FitMethod::lbfgs, FitMethod::projection);
  std::vector<LossPoint> points;
  for (const double n : {1e7, 4e7, 2e8, 1e9, 5e9})
    for (const double d : {2e8, 1e9, 6e9, 4e10})
      points.push_back(testing::point_at(n, d, 1.69 + 406.4 / std::pow(n, 0.34) + 410.7 / std::pow(d, 0.28), "run"));
  for (std::size_t i = 0; i < points.size(); ++i) points[i].cell = std::to_string(i);
  const auto fit = fit_of(points, options);
  CHECK(fit.law.alpha == Approx(0.34).epsilon(1e-6));
  CHECK(fit.law.beta == Approx(0.28).epsilon(1e-6));
  CHECK(fit.law.A == Approx(406.4).epsilon(1e-6));
  CHECK(fit.law.B == Approx(410.7).epsilon(1e-6));
  CHECK(fit.law.E == Approx(1.69).epsilon(1e-6));
  CHECK(fit.objective < 1e-20);
  CHECK(fit.r2 == Approx(1));
}

TEST_CASE("Random laws come back from points without noise to six digits") { testing::check_random_laws(5, 7); }

TEST_CASE("Both methods find the same minimum of noisy points, and the objective is the sum of Huber terms of log L") {
  const Design design{5, 4, 2, 0.01};
  const auto points = points_on(law_for(design, 1.2, 0.5, 0.4, 0.6, 0.3), design);
  auto options = options_of(Form::chinchilla);
  const auto fit = fit_of(points, options);
  options.method = FitMethod::projection;
  const auto projected = fit_of(points, options);
  CHECK(projected.objective == Approx(fit.objective).epsilon(1e-9));
  CHECK(projected.law.alpha == Approx(fit.law.alpha).epsilon(1e-4));
  double sum = 0;
  for (const auto& point : points) {
    const double predicted =
        fit.law.E + fit.law.A / std::pow(point.parameters, fit.law.alpha) + fit.law.B / std::pow(point.tokens, fit.law.beta);
    const double residual = std::abs(std::log(point.loss) - std::log(predicted));
    sum += residual < 1e-3 ? residual * residual / 2 : 1e-3 * (residual - 5e-4);
  }
  CHECK(fit.objective == Approx(sum).epsilon(1e-9));
}

TEST_CASE("An outlier hardly moves a Huber fit") {
  const Design design{5, 4, 1};
  auto points = points_on(law_for(design, 1.2, 0.5, 0.4, 0.6, 0.3), design);
  points[7].loss *= 1.5;
  CHECK(fit_of(points, Form::chinchilla).law.alpha == Approx(0.4).epsilon(5e-3));
}

TEST_CASE("Intervals are of resamples that keep seeds together, and depend neither on threads nor on the order of calls") {
  const Design design{5, 1, 3, 0.02};
  auto points = points_on(law_for(design, 1, 0.5, 0.5, 0, 0.5), design);
  auto options = options_of(Form::offset, 200);
  const auto fit = fit_of(points, options);
  REQUIRE(fit.resamples.size() == 200);
  CHECK(*fit.alpha.low < fit.alpha.value);
  CHECK(fit.alpha.value < *fit.alpha.high);
  options.threads = 3;
  const auto threaded = fit_of(points, options);
  CHECK(*threaded.alpha.low == *fit.alpha.low);
  CHECK(*threaded.E.high == *fit.E.high);
  options.seed = 2;
  CHECK(*fit_of(points, options).alpha.low != *fit.alpha.low);

  // The same run three times is no new information: seeds that are copies leave the intervals as they are.
  std::vector<LossPoint> single, copied;
  for (std::size_t i = 0; i < points.size(); i += 3) {
    single.push_back(points[i]);
    copied.insert(copied.end(), 3, points[i]);
  }
  options.seed = 1;
  CHECK(*fit_of(copied, options).alpha.high == Approx(*fit_of(single, options).alpha.high).epsilon(1e-3));
}

TEST_CASE("A prediction has a band that holds it, and widens away from the points") {
  const Design design{6, 4, 2, 0.01};
  const auto fit = fit_of(points_on(law_for(design, 1, 0.5, 0.4, 0.5, 0.4), design), Form::chinchilla, 100);
  const auto width = [&](double n, double d) {
    const Estimate at = fit.predict(n, d);
    CHECK(*at.low <= at.value);
    CHECK(at.value <= *at.high);
    return (*at.high - *at.low) / at.value;
  };
  CHECK(width(3.2e6, 8e6) < width(1e12, 1e12));
  CHECK(fit.predict(1e6, 1e7).value == Approx(loss_of(Form::chinchilla, fit.law, 1e6, 1e7)));
}

TEST_CASE("A curve through all of its points has no interval") {
  std::vector<LossPoint> three;
  for (const double n : {1e5, 1e6, 1e7})
    three.push_back(testing::point_at(n, 1e8, 1 + std::pow(1e5 / n, 0.4), std::to_string(n)));
  const auto fit = fit_of(three, Form::offset, 100);
  CHECK(fit.law.alpha == Approx(0.4).epsilon(1e-6));
  CHECK_FALSE(fit.alpha.low);
  CHECK_FALSE(fit.held_out);
}

}  // namespace etude
