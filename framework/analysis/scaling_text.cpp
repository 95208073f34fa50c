#include <algorithm>
#include <analysis/fit.hpp>
#include <analysis/words.hpp>
#include <base/table.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>

namespace etude {
namespace {

const char* formula(Form form) {
  switch (form) {
    case Form::power:
      return "L = (A/N)^alpha";
    case Form::offset:
      return "L = E + (A/N)^alpha";
    case Form::chinchilla:
      return "L = E + A/N^alpha + B/D^beta";
  }
  return "";
}

std::string points_text(const LawFit& fit) {
  const auto cells = std::ssize(cells_of(fit.points));
  std::string words = std::to_string(fit.points.size());
  if (cells < std::ssize(fit.points)) words += text(" (", cells, " without seeds)");
  if (std::isfinite(fit.budget)) words += text(", at ", count_text(fit.budget), " tokens");
  return words;
}

/// "0.0382 to 0.0838": an exponent as one cell after the other is left out.
std::string left_out_text(const LawFit& fit, double LawParameters::*member) {
  if (fit.leave_one_out.empty() || std::isnan(fit.law.*member)) return "-";
  std::vector<double> values;
  for (const auto& left : fit.leave_one_out) values.push_back(left.law.*member);
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return text(digits(*least), " to ", digits(*most));
}

std::string header(const ScalingAnalysis& analysis, const FamilyAnalysis& family) {
  std::vector<double> sizes, tokens;
  for (const auto& point : analysis.points.points) {
    if (point.family != family.family) continue;
    sizes.push_back(point.parameters);
    if (std::isfinite(point.tokens)) tokens.push_back(point.tokens);
  }
  std::string line = text(family_name(family.family), ": ", counted(std::ssize(sizes), "point"), ", ",
                          counted(static_cast<std::int64_t>(distinct(sizes)), "size"), " (", range_text(sizes), ")");
  if (!tokens.empty())
    line += text(", ", counted(static_cast<std::int64_t>(distinct(tokens)), "token budget"), " (", range_text(tokens), ")");
  return line + '\n';
}

TextTable fit_table(const FamilyAnalysis& family) {
  std::vector<std::string> titles{""};
  for (const auto& fit : family.fits) titles.push_back(formula(fit.form));
  TextTable table(titles);
  const auto add = [&](const std::string& title, const auto& cell) {
    std::vector<std::string> row{title};
    bool any = false;
    for (const auto& fit : family.fits) {
      row.push_back(cell(fit));
      any = any || row.back() != "-";
    }
    if (any) table.add(std::move(row));
  };
  add("points", points_text);
  for (const auto& [title, member] : {std::pair("E", &LawFit::E), std::pair("A", &LawFit::A), std::pair("alpha", &LawFit::alpha),
                                      std::pair("B", &LawFit::B), std::pair("beta", &LawFit::beta)})
    add(title, [member = member](const LawFit& fit) { return with_range(fit.*member, digits); });
  add("R2 of log L", [](const LawFit& fit) { return std::isfinite(fit.r2) ? fixed(fit.r2, 4) : "-"; });
  add("objective", [](const LawFit& fit) { return digits(fit.objective); });
  add("alpha, one left out", [](const LawFit& fit) { return left_out_text(fit, &LawParameters::alpha); });
  add("beta, one left out", [](const LawFit& fit) { return left_out_text(fit, &LawParameters::beta); });
  add("largest, predicted",
      [](const LawFit& fit) { return fit.held_out ? with_range(fit.held_out->predicted, digits) : std::string("-"); });
  add("  and measured", [](const LawFit& fit) { return fit.held_out ? digits(fit.held_out->measured) : std::string("-"); });
  add("  off by",
      [](const LawFit& fit) { return fit.held_out ? signed_percent(fit.held_out->relative_error) : std::string("-"); });
  return table;
}

std::string conclusions(const FamilyAnalysis& family) {
  std::string lines;
  if (family.best_prediction)
    lines += text("Fitted to the smaller models alone, ", name(*family.best_prediction), " predicts the largest best.\n");
  for (const auto& best : family.optima)
    lines += text("For ", digits(best.flops), " FLOPs of training the best is N ", with_range(best.parameters, count_text),
                  " and D ", with_range(best.tokens, count_text), " tokens, loss ", with_range(best.loss, digits),
                  best.in_range ? "" : ": outside of the points, so extrapolated", ".\n");
  for (const auto& minimum : family.isoflop)
    lines += text("IsoFLOP minimum at ", digits(minimum.flops), " FLOPs: N ", with_range(minimum.parameters, count_text), ", D ",
                  with_range(minimum.tokens, count_text), " tokens, loss ", with_range(minimum.loss, digits), " (",
                  minimum.points, " points).\n");
  return lines;
}

}  // namespace

std::string to_text(const ScalingAnalysis& analysis) {
  std::string result;
  std::size_t resamples = 0;
  for (const auto& family : analysis.families) {
    if (family.fits.empty()) continue;
    result += header(analysis, family) + '\n' + fit_table(family).text() + '\n' + conclusions(family);
    for (const auto& fit : family.fits) {
      resamples = std::max(resamples, fit.resamples.size());
      for (const auto& warning : fit.warnings) result += text("! ", name(fit.form), ": ", warning, '\n');
    }
    result += '\n';
  }
  for (const auto& crossover : analysis.crossovers) {
    result += text(name(crossover.form), ": ", crossover.in_words);
    if (std::isfinite(crossover.tokens)) result += text(", at ", count_text(crossover.tokens), " tokens");
    result += '\n';
  }
  for (const auto& warning : analysis.warnings) result += text("! ", warning, '\n');
  result += text("L: ", in_words(analysis.points.unit), "; N: ", in_words(analysis.points.counted), "; D: tokens of training.",
                 resamples > 0 ? text(" In brackets: 95 % of ", resamples, " resamples.") : "", '\n');
  return result;
}

}  // namespace etude
