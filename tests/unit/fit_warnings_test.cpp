#include <catch.hpp>
#include <unit/made_points.hpp>

namespace etude {
namespace {

using testing::Design;
using testing::fit_of;
using testing::law_for;
using testing::points_on;
using testing::warned;

constexpr int resamples = 200;

}  // namespace

TEST_CASE("A good study gets no warnings") {
  const Design design{6, 4, 2, 0.002};
  CHECK(fit_of(points_on(law_for(design, 1, 0.6, 0.4, 0.6, 0.4), design), Form::chinchilla, resamples).warnings.empty());
  CHECK(fit_of(points_on(law_for(design, 1, 0.6, 0.4, 0.6, 0.4), design), Form::offset, resamples).warnings.empty());
}

TEST_CASE("Two token budgets, or two sizes, are too few") {
  const Design budgets{6, 2, 2, 0.002}, sizes{2, 6, 2, 0.002};
  CHECK(warned(fit_of(points_on(law_for(budgets, 1, 0.6, 0.4, 0.6, 0.4), budgets), Form::chinchilla, resamples),
               "two token budgets"));
  CHECK(warned(fit_of(points_on(law_for(sizes, 1, 0.6, 0.4, 0.6, 0.4), sizes), Form::chinchilla, resamples), "two sizes"));
}

TEST_CASE("Size and data that grow together cannot be told apart") {
  const Design design{6, 1, 2, 0.002};
  auto points = points_on(law_for(design, 1, 0.6, 0.4, 0.6, 0.4), design);
  for (auto& point : points) {
    point.tokens = 20 * point.parameters;
    point.loss = 1 + 0.6 * std::pow(point.parameters / 1e6, -0.4) + 0.6 * std::pow(point.tokens / 2e7, -0.3);
  }
  CHECK(warned(fit_of(points, Form::chinchilla, resamples), "cannot be told apart"));
}

TEST_CASE("Largest models at the floor, and a floor that nothing shows, are told") {
  const Design saturated{8, 1, 3, 0.01};
  CHECK(warned(fit_of(points_on(law_for(saturated, 1, 0.02, 0.9, 0, 1), saturated), Form::offset, resamples),
               "reaches the lowest loss"));
  const Design narrow{4, 1, 2, 0.01, 1.5};
  CHECK(warned(fit_of(points_on(law_for(narrow, 1, 0.6, 0.3, 0, 1), narrow), Form::offset, resamples), "E is not identified"));
}

TEST_CASE("An exponent that noise could make anything is not identified") {
  const Design noisy{5, 1, 2, 0.1, 1.5};
  CHECK(warned(fit_of(points_on(law_for(noisy, 1, 0.5, 0.3, 0, 1), noisy), Form::power, resamples), "alpha is not identified"));
}

TEST_CASE("An exponent that one model drives is named with it") {
  const auto fit = fit_of(testing::published_gpts().points, Form::power, resamples);
  CHECK(warned(fit, "alpha is driven by one point: without tiny"));
  CHECK_FALSE(warned(fit_of(points_on(law_for({}, 0, 1, 0.2, 0, 1), {6, 1, 2, 0.005}), Form::power, resamples), "driven"));
}

TEST_CASE("A loss that rises with size is told") {
  const Design design{5, 1, 1};
  CHECK(warned(fit_of(points_on(law_for(design, 0, 1, -0.1, 0, 1), design), Form::power, resamples),
               "does not fall with size: alpha says nothing"));
}

TEST_CASE("Losses that bend away from a line are told, those on a line are not") {
  const Design design{7, 1, 3, 0.002};
  CHECK(warned(fit_of(points_on(law_for(design, 1, 0.3, 0.6, 0, 1), design), Form::power, resamples), "bend away"));
  CHECK_FALSE(warned(fit_of(points_on(law_for(design, 0, 1, 0.1, 0, 1), design), Form::power, resamples), "bend away"));
}

TEST_CASE("A largest model that the smaller ones do not foretell is told") {
  const Design design{6, 4, 2, 0.002};
  auto points = points_on(law_for(design, 1, 0.6, 0.4, 0.6, 0.4), design);
  for (auto& point : points)
    if (point.parameters > 1e8) point.loss *= 1.1;
  CHECK(warned(fit_of(points, Form::chinchilla, resamples), "do not extrapolate"));
}

TEST_CASE("Few points are said to be few") {
  const auto& published = testing::published_gpts().points;
  CHECK(warned(fit_of(published, Form::offset, resamples), "5 points for 3 parameters"));
  CHECK(warned(fit_of({published[0], published[1], published[2]}, Form::offset, resamples), "as many points as parameters (3)"));
}

}  // namespace etude
