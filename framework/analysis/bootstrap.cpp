#include <algorithm>
#include <analysis/fit.hpp>
#include <cmath>
#include <etude/parallel.hpp>
#include <etude/random.hpp>
#include <map>

namespace etude {
namespace {

using Cells = std::vector<std::vector<std::size_t>>;

/// How often each point is drawn: whole cells, with replacement.
std::vector<double> drawn_weights(const Cells& cells, std::size_t points, std::uint64_t seed, std::int64_t resample,
                                  std::int64_t attempt) {
  std::vector<double> weights(points, 0.0);
  const std::uint64_t stream = random_bits(seed, Purpose::bootstrap, resample, attempt);
  for (std::size_t draw = 0; draw < cells.size(); ++draw) {
    const std::uint64_t bits = mix_bits(stream ^ mix_bits(draw));
    for (const std::size_t point : cells[random_below(bits, cells.size())]) weights[point] += 1;
  }
  return weights;
}

/// Whether the drawn points have as many sizes and budgets as the form needs, or as many as there are.
class Sufficient {
 public:
  Sufficient(Form form, const Observations& data)
      : data_(data), sizes_(form == Form::power ? 2 : 3), budgets_(form == Form::chinchilla ? 3 : 1) {
    const std::vector<double> all(data.x.size(), 1.0);
    sizes_ = std::min(sizes_, count(all, 0));
    budgets_ = std::min(budgets_, count(all, 1));
  }
  bool operator()(const std::vector<double>& weights) const {
    return count(weights, 0) >= sizes_ && count(weights, 1) >= budgets_;
  }

 private:
  std::size_t count(const std::vector<double>& weights, std::size_t axis) const {
    std::vector<double> values;
    for (std::size_t i = 0; i < weights.size(); ++i)
      if (weights[i] > 0) values.push_back(std::exp(data_.x[i][axis]));
    return distinct(std::move(values));
  }
  const Observations& data_;
  std::size_t sizes_, budgets_;
};

/// By how much the resampled lines must be drawn apart for their percentiles to be a 95 % interval. Cells scatter less about a
/// line that was fitted to them, by what its two parameters take away, and that scatter is itself uncertain: Student's t in place
/// of the normal distribution. Resamples of the other forms spread enough: see README.md.
double spread_of_line(std::size_t cells) {
  constexpr double z = 1.959963984540054;
  const auto n = static_cast<double>(cells);
  return std::sqrt(n / (n - 2)) * student_quantile(z, n - 2) / z;
}

}  // namespace

Cells cells_of(const std::vector<LossPoint>& points) {
  std::map<std::string, std::size_t> known;
  Cells cells;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto [place, is_new] =
        points[i].cell.empty() ? std::pair(known.end(), true) : known.emplace(points[i].cell, cells.size());
    if (is_new)
      cells.push_back({i});
    else
      cells[place->second].push_back(i);
  }
  return cells;
}

double student_quantile(double z, double freedom) {
  const double z2 = z * z;
  const double first = (z2 + 1) / 4, second = ((5 * z2 + 16) * z2 + 3) / 96, third = (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  return z * (1 + (first + (second + third / freedom) / freedom) / freedom);
}

std::vector<LawParameters> bootstrap(Form form, const std::vector<LossPoint>& points, const LogLaw& fitted, int resamples,
                                     std::uint64_t seed, int threads) {
  constexpr std::int64_t at_once = 20;
  const Observations observations = observe(form, points);
  const Cells cells = cells_of(points);
  // A curve that goes through all its points does so in every resample too: that is no interval.
  if (cells.size() <= parameter_count(form)) return {};
  const Sufficient sufficient(form, observations);

  const double spread = form == Form::power ? spread_of_line(cells.size()) : 1;

  const auto law_of = [&](std::int64_t resample) {
    Observations drawn = observations;
    // All points together are sufficient, so some draw is.
    for (std::int64_t attempt = 0; attempt < 1000; ++attempt) {
      drawn.weight = drawn_weights(cells, points.size(), seed, resample, attempt);
      if (sufficient(drawn.weight)) break;
    }
    LogLaw law = best_law(form, drawn, FitMethod::lbfgs, resampled(form), &fitted);
    if (form == Form::power) {
      law.height[0] = fitted.height[0] + spread * (law.height[0] - fitted.height[0]);
      law.exponent[0] = fitted.exponent[0] + spread * (law.exponent[0] - fitted.exponent[0]);
    }
    return parameters_of(form, drawn, law);
  };
  std::int64_t next = 0;
  OrderedParallel<std::int64_t, std::vector<LawParameters>> work(
      threads, static_cast<std::size_t>(2 * threads),
      [&]() -> std::optional<std::int64_t> {
        if (next >= resamples) return std::nullopt;
        return std::exchange(next, next + at_once);
      },
      [&](std::int64_t first, const std::stop_token& stop) {
        std::vector<LawParameters> laws;
        for (std::int64_t i = first; i < std::min<std::int64_t>(first + at_once, resamples) && !stop.stop_requested(); ++i)
          laws.push_back(law_of(i));
        return laws;
      });
  std::vector<LawParameters> laws;
  while (auto some = work.next()) laws.insert(laws.end(), some->begin(), some->end());
  return laws;
}

Estimate with_interval(double value, std::vector<double> resampled) {
  std::erase_if(resampled, [](double one) { return std::isnan(one); });
  Estimate estimate{value};
  if (resampled.size() < 40) return estimate;
  std::sort(resampled.begin(), resampled.end());
  const auto quantile = [&](double share) {
    const double place = share * static_cast<double>(resampled.size() - 1);
    const auto below = static_cast<std::size_t>(place);
    const auto above = std::min(below + 1, resampled.size() - 1);
    const double rest = place - static_cast<double>(below);
    // Between equal values there is nothing to go along, and between infinite ones no number.
    return rest == 0 || resampled[below] == resampled[above] ? resampled[below]
                                                             : resampled[below] + rest * (resampled[above] - resampled[below]);
  };
  estimate.low = quantile(0.025);
  estimate.high = quantile(0.975);
  return estimate;
}

}  // namespace etude
