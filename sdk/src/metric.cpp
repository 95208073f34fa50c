#include <algorithm>
#include <cmath>
#include <etude/metric.hpp>
#include <limits>

namespace etude {

MetricView::~MetricView() = default;
Metric::~Metric() = default;

namespace {

// SplitMix64 (Steele, Lea and Flood, 2014): the standard library's distributions differ between implementations.
class SplitMix {
 public:
  explicit SplitMix(std::uint64_t seed) : state_(seed) {}
  std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  /// Uniform in [0, bound) for bound < 2^32; the bias of the multiplication is below bound / 2^32.
  std::size_t below(std::size_t bound) { return ((next() >> 32) * bound) >> 32; }

 private:
  std::uint64_t state_;
};

// Linear between the two nearest of the sorted values, as numpy.quantile does it.
double quantile(const std::vector<double>& sorted, double share) {
  const double position = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(position);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (position - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

}  // namespace

Interval bootstrap_ratio(std::span<const double> numerators, std::span<const double> denominators, int resamples) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  const std::size_t documents = std::min(numerators.size(), denominators.size());
  if (documents < 2 || resamples < 1) return {nan, nan};
  SplitMix random(0x657475646520);
  std::vector<double> ratios;
  for (int i = 0; i < resamples; ++i) {
    double above = 0, below = 0;
    for (std::size_t drawn = 0; drawn < documents; ++drawn) {
      const std::size_t which = random.below(documents);
      above += numerators[which];
      below += denominators[which];
    }
    if (below != 0) ratios.push_back(above / below);
  }
  if (ratios.empty()) return {nan, nan};
  std::sort(ratios.begin(), ratios.end());
  return {quantile(ratios, 0.025), quantile(ratios, 0.975)};
}

Interval wilson_interval(std::int64_t successes, std::int64_t trials) {
  constexpr double nan = std::numeric_limits<double>::quiet_NaN();
  if (trials < 1) return {nan, nan};
  constexpr double z = 1.959963984540054;  // of the normal distribution, 97.5 % lie below
  const auto n = static_cast<double>(trials);
  const double share = static_cast<double>(successes) / n;
  const double centre = (share + z * z / (2 * n)) / (1 + z * z / n);
  const double half = z / (1 + z * z / n) * std::sqrt(share * (1 - share) / n + z * z / (4 * n * n));
  // At the ends the formula gives 0 and 1, but for rounding.
  return {successes <= 0 ? 0.0 : centre - half, successes >= trials ? 1.0 : centre + half};
}

Scalar share_of(std::int64_t successes, std::int64_t trials) {
  Scalar scalar;
  scalar.lower_is_better = false;
  scalar.is_share = true;
  if (trials < 1) return scalar;
  scalar.value = static_cast<double>(successes) / static_cast<double>(trials);
  const Interval interval = wilson_interval(successes, trials);
  scalar.low = interval.low;
  scalar.high = interval.high;
  return scalar;
}

std::string sample_name(std::size_t index) {
  const std::string number = std::to_string(index + 1);
  return "sample-" + std::string(number.size() < 3 ? 3 - number.size() : 0, '0') + number;
}

}  // namespace etude
