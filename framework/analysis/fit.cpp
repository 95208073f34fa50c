#include <algorithm>
#include <analysis/fit.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>

namespace etude {
namespace {

constexpr std::size_t most_left_out = 500;

double delta_of(Form form) { return form == Form::chinchilla ? huber_delta : std::numeric_limits<double>::infinity(); }

/// The line through log L against log N, by least squares.
LogLaw line(const Observations& data) {
  double total = 0, mean_x = 0, mean_y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < data.x.size(); ++i) {
    total += data.weight[i];
    mean_x += data.weight[i] * data.x[i][0];
    mean_y += data.weight[i] * data.log_loss[i];
  }
  mean_x /= total;
  mean_y /= total;
  for (std::size_t i = 0; i < data.x.size(); ++i) {
    xx += data.weight[i] * (data.x[i][0] - mean_x) * (data.x[i][0] - mean_x);
    xy += data.weight[i] * (data.x[i][0] - mean_x) * (data.log_loss[i] - mean_y);
  }
  LogLaw law;
  law.floor = -std::numeric_limits<double>::infinity();
  law.exponent[0] = -xy / xx;
  law.height[0] = mean_y + law.exponent[0] * mean_x;
  law.objective = objective_of(data, delta_of(Form::power), law);
  return law;
}

std::vector<double> sizes(const std::vector<LossPoint>& points) {
  std::vector<double> values;
  for (const auto& point : points) values.push_back(point.parameters);
  return values;
}

std::vector<LossPoint> without(const std::vector<LossPoint>& points, const std::vector<std::size_t>& left_out) {
  std::vector<LossPoint> rest;
  for (std::size_t i = 0; i < points.size(); ++i)
    if (std::find(left_out.begin(), left_out.end(), i) == left_out.end()) rest.push_back(points[i]);
  return rest;
}

LawParameters law_of(Form form, const std::vector<LossPoint>& points, FitMethod method, const Effort& effort) {
  const Observations data = observe(form, points);
  return parameters_of(form, data, best_law(form, data, method, effort));
}

std::vector<LeftOut> leave_one_out(Form form, const std::vector<LossPoint>& points) {
  std::vector<LeftOut> all;
  const auto cells = cells_of(points);
  if (cells.size() > most_left_out) return all;
  for (const auto& cell : cells) {
    const auto rest = without(points, cell);
    if (!why_not(form, rest).empty()) continue;
    const LossPoint& point = points[cell.front()];
    all.push_back({point.run, point.parameters, point.tokens, law_of(form, rest, FitMethod::lbfgs, resampled(form))});
  }
  return all;
}

/// What a fit to all smaller models says of the largest.
std::optional<HeldOut> held_out(Form form, const std::vector<LossPoint>& points, const LossPoint& largest,
                                const ScalingOptions& options) {
  std::vector<LossPoint> smaller;
  HeldOut held{largest.parameters, largest.tokens, 0, {}, 0};
  double logarithms = 0, seeds = 0;
  for (const auto& point : points) {
    if (point.parameters < largest.parameters * 0.999) smaller.push_back(point);
    const bool same_budget = point.tokens == largest.tokens || (std::isnan(point.tokens) && std::isnan(largest.tokens));
    if (point.parameters != largest.parameters || !same_budget) continue;
    logarithms += std::log(point.loss);
    ++seeds;
  }
  if (seeds == 0 || !why_not(form, smaller).empty()) return std::nullopt;
  held.measured = std::exp(logarithms / seeds);
  const Observations data = observe(form, smaller);
  const LogLaw law = best_law(form, data, options.method, thorough(form));
  LawFit fit;
  fit.form = form;
  fit.law = parameters_of(form, data, law);
  // A quarter is enough for an interval that nothing is computed from.
  fit.resamples = bootstrap(form, smaller, law, options.resamples / 4, options.seed, options.threads);
  held.predicted = fit.predict(largest.parameters, largest.tokens);
  held.relative_error = held.predicted.value / held.measured - 1;
  if (!std::isfinite(held.relative_error)) return std::nullopt;
  return held;
}

}  // namespace

std::size_t parameter_count(Form form) { return form == Form::power ? 2 : form == Form::offset ? 3 : 5; }

std::size_t distinct(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  std::size_t count = 0;
  double last = 0;
  for (const double value : values) {
    if (count > 0 && !(value > last * 1.001)) continue;
    ++count;
    last = value;
  }
  return count;
}

std::size_t distinct_sizes(const std::vector<LossPoint>& points) { return distinct(sizes(points)); }

std::size_t distinct_budgets(const std::vector<LossPoint>& points) {
  std::vector<double> values;
  for (const auto& point : points)
    if (std::isfinite(point.tokens)) values.push_back(point.tokens);
  return distinct(std::move(values));
}

std::string why_not(Form form, const std::vector<LossPoint>& points) {
  const auto cells = static_cast<std::int64_t>(cells_of(points).size());
  const auto needed = static_cast<std::int64_t>(parameter_count(form));
  if (cells < needed) return text(counted(cells, "point"), " for ", needed, " parameters");
  const std::size_t different = distinct_sizes(points), wanted = form == Form::offset ? 3 : 2;
  if (different < wanted)
    return different == 1 ? "all points have the same N" : text("N has only ", different, " different values");
  if (form != Form::chinchilla) return "";
  for (const auto& point : points)
    if (!std::isfinite(point.tokens)) return text("the tokens of ", point.run, " are not known");
  return distinct_budgets(points) < 2 ? "one token budget: what more data gives cannot be told from it" : "";
}

Effort thorough(Form form) { return form == Form::chinchilla ? Effort{24, 30, 1e-13} : Effort{48, 12, 1e-13}; }
Effort resampled(Form form) { return form == Form::chinchilla ? Effort{8, 5, 1e-8} : Effort{16, 5, 1e-8}; }

Observations observe(Form form, const std::vector<LossPoint>& points) {
  return observe(points, form == Form::chinchilla ? 2u : 1u);
}

LogLaw best_law(Form form, const Observations& data, FitMethod method, const Effort& effort, const LogLaw* warm) {
  if (form == Form::power) return line(data);
  if (method == FitMethod::projection)
    return project(data, delta_of(form), effort.per_axis, std::min<std::size_t>(effort.starts, 6));
  std::vector<LogLaw> starts = grid_starts(data, effort.per_axis, effort.starts);
  if (warm) starts.push_back(*warm);
  LogLaw best;
  best.objective = std::numeric_limits<double>::infinity();
  for (const auto& start : starts)
    if (const LogLaw found = refine(data, delta_of(form), start, effort.precision); found.objective < best.objective)
      best = found;
  return best;
}

LawFit fit_form(Form form, const std::vector<LossPoint>& points, const LossPoint& largest, const ScalingOptions& options) {
  LawFit fit;
  fit.form = form;
  fit.family = points.front().family;
  fit.points = points;
  if (form != Form::chinchilla && distinct_budgets(points) == 1) fit.budget = largest.tokens;
  const Observations data = observe(form, points);
  const LogLaw law = best_law(form, data, options.method, thorough(form));
  fit.law = parameters_of(form, data, law);
  // Squares are told as squares, without the half that makes Huber's function one in the middle.
  fit.objective = form == Form::chinchilla ? law.objective : 2 * law.objective;

  double mean = 0, around_mean = 0, around_fit = 0;
  for (const double log_loss : data.log_loss) mean += log_loss / static_cast<double>(points.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    fit.residuals.push_back(data.log_loss[i] - std::log(loss_of(form, fit.law, points[i].parameters, points[i].tokens)));
    around_fit += fit.residuals[i] * fit.residuals[i];
    around_mean += (data.log_loss[i] - mean) * (data.log_loss[i] - mean);
  }
  // Losses that are all the same leave nothing to explain.
  const bool varies = around_mean > 1e-24 * static_cast<double>(points.size());
  fit.r2 = varies ? 1 - around_fit / around_mean : std::numeric_limits<double>::quiet_NaN();

  fit.leave_one_out = leave_one_out(form, points);
  fit.held_out = held_out(form, points, largest, options);
  fit.resamples = bootstrap(form, points, law, options.resamples, options.seed, options.threads);
  for (const auto& [estimate, member] :
       {std::pair(&LawFit::E, &LawParameters::E), std::pair(&LawFit::A, &LawParameters::A),
        std::pair(&LawFit::B, &LawParameters::B), std::pair(&LawFit::alpha, &LawParameters::alpha),
        std::pair(&LawFit::beta, &LawParameters::beta)}) {
    std::vector<double> values;
    for (const auto& resample : fit.resamples) values.push_back(resample.*member);
    fit.*estimate = with_interval(fit.law.*member, std::move(values));
  }
  return fit;
}

const char* name(Form form) {
  switch (form) {
    case Form::power:
      return "power";
    case Form::offset:
      return "offset";
    case Form::chinchilla:
      return "chinchilla";
  }
  return "?";
}

double loss_of(Form form, const LawParameters& law, double parameters, double tokens) {
  const double log_A = std::isnan(law.log_A) ? std::log(law.A) : law.log_A;
  if (form != Form::chinchilla) {
    const double term = std::exp(law.alpha * (log_A - std::log(parameters)));
    return form == Form::power ? term : law.E + term;
  }
  const double log_B = std::isnan(law.log_B) ? std::log(law.B) : law.log_B;
  return law.E + std::exp(log_A - law.alpha * std::log(parameters)) + std::exp(log_B - law.beta * std::log(tokens));
}

Estimate LawFit::predict(double parameters, double tokens) const {
  std::vector<double> values;
  for (const auto& resample : resamples) values.push_back(loss_of(form, resample, parameters, tokens));
  return with_interval(loss_of(form, law, parameters, tokens), std::move(values));
}

}  // namespace etude
