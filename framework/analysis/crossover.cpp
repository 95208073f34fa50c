#include <algorithm>
#include <analysis/conclusions.hpp>
#include <analysis/fit.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>

namespace etude {
namespace {

constexpr double established = 0.95;  ///< of the resamples say the same

struct Range {
  double low, high;
};

/// The sizes for which both have points; low > high: none.
Range common_range(const LawFit& first, const LawFit& second) {
  Range common{0, std::numeric_limits<double>::infinity()};
  for (const auto* fit : {&first, &second}) {
    Range own{std::numeric_limits<double>::infinity(), 0};
    for (const auto& point : fit->points) own = {std::min(own.low, point.parameters), std::max(own.high, point.parameters)};
    common = {std::max(common.low, own.low), std::min(common.high, own.high)};
  }
  return common;
}

/// The largest budget of both, or the budget of either that there is.
double common_tokens(const LawFit& first, const LawFit& second) {
  double common = std::numeric_limits<double>::infinity();
  for (const auto* fit : {&first, &second}) {
    double largest = std::numeric_limits<double>::quiet_NaN();
    for (const auto& point : fit->points) largest = std::fmax(largest, point.tokens);
    common = std::fmin(common, largest);
  }
  return std::isfinite(common) ? common : std::numeric_limits<double>::quiet_NaN();
}

/// What the second loses to the first, in log L: its sign changes where they cross.
class Difference {
 public:
  Difference(Form form, const LawParameters& first, const LawParameters& second, double tokens)
      : form_(form), first_(first), second_(second), tokens_(tokens) {}
  double operator()(double log_parameters) const {
    const double n = std::exp(log_parameters);
    return std::log(loss_of(form_, second_, n, tokens_) / loss_of(form_, first_, n, tokens_));
  }

 private:
  Form form_;
  const LawParameters &first_, &second_;
  double tokens_;
};

/// The sizes at which the sign changes, by a walk of a hundred steps and bisection.
std::vector<double> crossings(const Difference& difference, const Range& range) {
  std::vector<double> found;
  constexpr int steps = 100;
  const double begin = std::log(range.low), width = (std::log(range.high) - begin) / steps;
  for (int step = 0; step < steps; ++step) {
    double low = begin + step * width, high = low + width;
    const double before = difference(low);
    if (!(before * difference(high) < 0)) continue;
    for (int halving = 0; halving < 50; ++halving) {
      const double middle = (low + high) / 2;
      (before * difference(middle) > 0 ? low : high) = middle;
    }
    found.push_back(std::exp((low + high) / 2));
  }
  return found;
}

std::string in_words(const Crossover& crossing, double middle_difference, std::optional<double> agreement, std::size_t times) {
  const std::string range = text(count_text(crossing.low), " to ", count_text(crossing.high), " parameters");
  const bool first_is_better = middle_difference > 0;
  const std::string resamples = text(percent_text(crossing.share), " of the resamples");
  if (!(crossing.low < crossing.high)) return text(crossing.first, " and ", crossing.second, " have no sizes in common");
  if (!crossing.at) {
    const std::string better = text("no crossover from ", range, ": ", first_is_better ? crossing.first : crossing.second,
                                    " is better than ", first_is_better ? crossing.second : crossing.first, " throughout");
    if (!agreement) return better;
    const std::string share = text("in ", percent_text(*agreement), " of the resamples");
    return *agreement >= established ? text(better, " (", share, ")")
                                     : text(better, " ", share, ": the points do not establish it");
  }
  const std::string place =
      text(crossing.first, " and ", crossing.second, " cross at ", count_text(crossing.at->value), " parameters");
  const std::string again = times > 1 ? text(", and ", counted(static_cast<std::int64_t>(times) - 1, "time"), " more") : "";
  if (crossing.at->low)
    return text(place, " (95 %: ", count_text(*crossing.at->low), " to ", count_text(*crossing.at->high), ")", again);
  return text(place, again, ", which the points do not establish: from ", range, " they cross in ", resamples);
}

}  // namespace

Crossover crossover_of(const LawFit& first, const LawFit& second) {
  const Range range = common_range(first, second);
  Crossover crossing{first.family, second.family, first.form, common_tokens(first, second), range.low, range.high, {}, 0, ""};
  if (!(range.low < range.high)) {
    crossing.in_words = in_words(crossing, 0, {}, 0);
    return crossing;
  }
  const Difference fitted(first.form, first.law, second.law, crossing.tokens);
  const auto places = crossings(fitted, range);
  const double middle = std::log(range.low * range.high) / 2;

  std::vector<double> resampled;
  double same_winner = 0;
  const std::size_t resamples = std::min(first.resamples.size(), second.resamples.size());
  for (std::size_t i = 0; i < resamples; ++i) {
    const Difference difference(first.form, first.resamples[i], second.resamples[i], crossing.tokens);
    const auto found = crossings(difference, range);
    if (!found.empty())
      resampled.push_back(found.front());
    else if (difference(middle) * fitted(middle) > 0)
      ++same_winner;
  }
  if (resamples > 0) {
    crossing.share = static_cast<double>(resampled.size()) / static_cast<double>(resamples);
    same_winner /= static_cast<double>(resamples);
  }
  if (!places.empty()) {
    crossing.at = Estimate{places.front()};
    // An interval that left out the resamples without a crossing would say too much.
    if (crossing.share >= established) crossing.at = with_interval(places.front(), std::move(resampled));
  }
  crossing.in_words =
      in_words(crossing, fitted(middle), resamples > 0 ? std::optional(same_winner) : std::nullopt, places.size());
  return crossing;
}

}  // namespace etude
