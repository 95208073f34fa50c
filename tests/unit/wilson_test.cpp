#include <cmath>
#include <etude/metric.hpp>

#include "catch.hpp"

using namespace etude;

TEST_CASE("The interval of a share is what the study published for its 500 samples") {
  const auto parsed = wilson_interval(340, 500);
  CHECK(parsed.low == Approx(0.638).margin(0.0005));
  CHECK(parsed.high == Approx(0.719).margin(0.0005));
  const auto exported = wilson_interval(294, 500);
  CHECK(exported.low == Approx(0.544).margin(0.0005));
  CHECK(exported.high == Approx(0.630).margin(0.0005));
}

TEST_CASE("None and all of a few leave room for doubt, and stay shares") {
  // With z the normal quantile, none of n gives z^2 / (n + z^2) at the upper end.
  const double squared = 1.959963984540054 * 1.959963984540054;
  const auto none = wilson_interval(0, 10);
  CHECK(none.low == 0.0);
  CHECK(none.high == Approx(squared / (10 + squared)));
  const auto all = wilson_interval(10, 10);
  CHECK(all.low == Approx(1 - squared / (10 + squared)));
  CHECK(all.high == 1.0);
}

TEST_CASE("A share comes with its interval, and without trials with nothing") {
  const Scalar half = share_of(5, 10);
  CHECK(half.value == 0.5);
  CHECK(half.low.value() + half.high.value() == Approx(1));
  CHECK_FALSE(half.lower_is_better);
  CHECK(half.is_share);
  CHECK(std::isnan(wilson_interval(0, 0).low));
  CHECK(std::isnan(share_of(0, 0).value));
  CHECK_FALSE(share_of(0, 0).low);
}

TEST_CASE("Names of samples stand in the order of their numbers") {
  CHECK(sample_name(0) == "sample-001");
  CHECK(sample_name(99) == "sample-100");
  CHECK(sample_name(1233) == "sample-1234");
}
