#include <algorithm>
#include <analysis/conclusions.hpp>
#include <analysis/fit.hpp>
#include <analysis/linear.hpp>
#include <analysis/words.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>

namespace etude {
namespace {

using Warnings = std::vector<std::string>;

// Thresholds are shares and ratios that are large in anybody's study; none comes from what laws are known to be.
constexpr double wide_floor = 0.3;        ///< of the lowest loss: an interval of E wider than this says little
constexpr double invisible_floor = 0.01;  ///< of the lowest loss
constexpr double least_fall = 0.005;      ///< of the loss over the range of the points
constexpr double wide_exponent = 3;       ///< the ends of an exponent's interval, one over the other
constexpr double driven_by_one = 0.3;     ///< relative change of an exponent when one cell is left out
constexpr double collinear = 0.98;        ///< correlation of log N and log D

double lowest_loss(const LawFit& fit) {
  const auto lower = [](const LossPoint& a, const LossPoint& b) { return a.loss < b.loss; };
  return std::min_element(fit.points.begin(), fit.points.end(), lower)->loss;
}

double correlation(const std::vector<LossPoint>& points) {
  double x = 0, y = 0, xx = 0, yy = 0, xy = 0;
  const auto n = static_cast<double>(points.size());
  for (const auto& point : points) {
    x += std::log(point.parameters) / n;
    y += std::log(point.tokens) / n;
  }
  for (const auto& point : points) {
    const double dx = std::log(point.parameters) - x, dy = std::log(point.tokens) - y;
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  return xy / std::sqrt(xx * yy);
}

void warn_of_design(const LawFit& fit, Warnings& warnings) {
  const std::size_t parameters = parameter_count(fit.form);
  const std::size_t cells = cells_of(fit.points).size(), sizes = distinct_sizes(fit.points);
  if (cells == parameters)
    warnings.push_back(text("as many points as parameters (", cells, "): the curve goes through them whatever they are"));
  else if (cells < parameters + 3)
    warnings.push_back(text(cells, " points for ", parameters, " parameters: the intervals are rough, and rather too narrow"));
  if (fit.form != Form::chinchilla) {
    if (std::isnan(fit.budget) && distinct_budgets(fit.points) > 1)
      warnings.emplace_back("the points have several token budgets, of which this form knows nothing");
    return;
  }
  if (sizes == 2) warnings.emplace_back("two sizes: E, A and alpha cannot be told from them; three or more are needed");
  if (distinct_budgets(fit.points) == 2)
    warnings.emplace_back("two token budgets: E, B and beta cannot be told from them; three or more are needed");
  if (std::abs(correlation(fit.points)) > collinear)
    warnings.emplace_back(
        "larger models saw more tokens in proportion: what size gives and what data gives cannot be told apart; vary them "
        "separately");
}

void warn_of_floor(const LawFit& fit, Warnings& warnings) {
  if (fit.form == Form::power || !fit.E.low) return;
  const double lowest = lowest_loss(fit), low = *fit.E.low, high = *fit.E.high;
  if (fit.E.value < invisible_floor * lowest)
    warnings.push_back(text("E is ", digits(fit.E.value), ": the points show no floor, so the law without one says as much"));
  else if (high - low > wide_floor * lowest)
    warnings.push_back(text("E is not identified: anything from ", digits(low), " to ", digits(high), " fits"));
  else if (high >= lowest)
    warnings.push_back(text("E (up to ", digits(high), ") reaches the lowest loss (", digits(lowest),
                            "): the largest models show hardly more than the floor, or noise below it"));
}

/// By which share the loss falls from the least to the most of what the exponent is of, all else at the middle.
double fall(const LawFit& fit, double LawParameters::*member) {
  const bool of_size = member == &LawParameters::alpha;
  double least = std::numeric_limits<double>::infinity(), most = 0, log_n = 0, log_d = 0;
  for (const auto& point : fit.points) {
    const double value = of_size ? point.parameters : point.tokens;
    least = std::min(least, value);
    most = std::max(most, value);
    log_n += std::log(point.parameters) / static_cast<double>(fit.points.size());
    log_d += std::log(point.tokens) / static_cast<double>(fit.points.size());
  }
  const auto loss = [&](double value) {
    return loss_of(fit.form, fit.law, of_size ? value : std::exp(log_n), of_size ? std::exp(log_d) : value);
  };
  return 1 - loss(most) / loss(least);
}

void warn_of_exponent(const LawFit& fit, const char* called, const Estimate& exponent, double LawParameters::*member,
                      Warnings& warnings) {
  if (std::isnan(exponent.value)) return;
  if (!falls(fit, member)) {
    warnings.push_back(
        text("the loss does not fall with ", member == &LawParameters::alpha ? "size" : "data", ": ", called, " says nothing"));
    return;
  }
  if (exponent.low && !(*exponent.low > 0 && *exponent.high <= wide_exponent * *exponent.low))
    warnings.push_back(
        text(called, " is not identified: anything from ", digits(*exponent.low), " to ", digits(*exponent.high), " fits"));
  const LeftOut* driver = nullptr;
  double largest = driven_by_one;
  for (const auto& left : fit.leave_one_out) {
    const double change = std::abs(left.law.*member / exponent.value - 1);
    if (change <= largest) continue;
    largest = change;
    driver = &left;
  }
  if (driver)
    warnings.push_back(text(called, " is driven by one point: without ", driver->run, " it is ", digits(driver->law.*member),
                            ", with it ", digits(exponent.value)));
}

/// Whether a parabola in log N describes the cells better than a line, at the 99 % level.
bool bends(const std::vector<LossPoint>& points) {
  const auto cells = cells_of(points);
  if (cells.size() < 5) return false;
  std::vector<std::array<double, 2>> means;  // log N, log L
  double centre = 0;
  for (const auto& cell : cells) {
    std::array<double, 2> mean{};
    for (const std::size_t i : cell) {
      mean[0] += std::log(points[i].parameters) / static_cast<double>(cell.size());
      mean[1] += std::log(points[i].loss) / static_cast<double>(cell.size());
    }
    centre += mean[0] / static_cast<double>(cells.size());
    means.push_back(mean);
  }
  ParabolaEquations equations;
  for (const auto& [log_n, log_loss] : means) equations.add(log_n - centre, log_loss);
  const auto factor = Cholesky::of(std::move(equations.normal));
  if (!factor) return false;
  std::vector<double>& b = equations.right;
  std::vector<double> unit{0, 0, 1};
  factor->solve(b);
  factor->solve(unit);  // the last column of the inverse
  double squares = 0;
  for (const auto& [log_n, log_loss] : means) {
    const double x = log_n - centre, residual = log_loss - b[0] - x * (b[1] + x * b[2]);
    squares += residual * residual;
  }
  const double freedom = static_cast<double>(means.size()) - 3;
  return std::abs(b[2]) > student_quantile(2.5758, freedom) * std::sqrt(squares / freedom * unit[2]);
}

void warn_of_prediction(const LawFit& fit, Warnings& warnings) {
  if (!fit.held_out || !fit.held_out->predicted.low) return;
  double squares = 0;
  for (const double residual : fit.residuals) squares += residual * residual / static_cast<double>(fit.residuals.size());
  const double scatter = 2 * std::sqrt(squares);
  const HeldOut& held = *fit.held_out;
  if (held.measured >= *held.predicted.low * (1 - scatter) && held.measured <= *held.predicted.high * (1 + scatter)) return;
  warnings.push_back(text("fitted to the smaller models it misses the largest by ", signed_percent(held.relative_error),
                          ", more than its interval allows: do not extrapolate it"));
}

}  // namespace

bool falls(const LawFit& fit, double LawParameters::*exponent) { return fall(fit, exponent) >= least_fall; }

std::vector<std::string> warnings_of(const LawFit& fit) {
  Warnings warnings;
  warn_of_design(fit, warnings);
  warn_of_floor(fit, warnings);
  warn_of_exponent(fit, "alpha", fit.alpha, &LawParameters::alpha, warnings);
  warn_of_exponent(fit, "beta", fit.beta, &LawParameters::beta, warnings);
  if (fit.form == Form::power && bends(fit.points))
    warnings.emplace_back("the points bend away from a line: its exponent is of these sizes alone");
  warn_of_prediction(fit, warnings);
  return warnings;
}

}  // namespace etude
