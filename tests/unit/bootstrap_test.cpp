#include <cmath>
#include <etude/metric.hpp>
#include <random>

#include "catch.hpp"

using namespace etude;

TEST_CASE("Documents that agree leave no doubt") {
  const std::vector<double> nats{3, 6, 9}, tokens{1, 2, 3};
  const auto interval = bootstrap_ratio(nats, tokens);
  CHECK(interval.low == Approx(3));
  CHECK(interval.high == Approx(3));
}

TEST_CASE("The interval of a mean is what the normal distribution says") {
  std::mt19937_64 random(7);
  std::normal_distribution<double> noise(5, 2);
  std::vector<double> values(400), ones(400, 1.0);
  double sum = 0, squares = 0;
  for (auto& value : values) {
    value = noise(random);
    sum += value;
    squares += value * value;
  }
  const double mean = sum / 400, error = std::sqrt((squares / 400 - mean * mean) / 400);
  const auto interval = bootstrap_ratio(values, ones, 4000);
  CHECK(interval.low == Approx(mean - 1.96 * error).margin(0.15 * error));
  CHECK(interval.high == Approx(mean + 1.96 * error).margin(0.15 * error));
}

TEST_CASE("The same documents give the same interval, one document gives none") {
  const std::vector<double> nats{1, 5, 2, 8}, tokens{1, 2, 3, 4};
  CHECK(bootstrap_ratio(nats, tokens).low == bootstrap_ratio(nats, tokens).low);
  CHECK(bootstrap_ratio(nats, tokens).low < bootstrap_ratio(nats, tokens).high);
  CHECK(std::isnan(bootstrap_ratio(std::vector<double>{1}, std::vector<double>{1}).low));
  CHECK(std::isnan(bootstrap_ratio({}, {}).high));
}
