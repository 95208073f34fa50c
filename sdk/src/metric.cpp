#include <algorithm>
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

}  // namespace etude
