#include <algorithm>
#include <analysis/words.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <report/html.hpp>
#include <report/losses_charts.hpp>
#include <report/sections.hpp>

namespace etude {
namespace {

std::string range_words(const LawFit& fit) {
  std::string words = counted(std::ssize(fit.points), "point");
  if (std::isfinite(fit.budget)) words += text(" at ", count_text(fit.budget), " tokens");
  return words;
}

/// What a form does not have, and what no points could tell, is "-".
HtmlCell estimate_cell(const Estimate& estimate) {
  if (!std::isfinite(estimate.value)) return {"-"};
  HtmlCell cell{digits(estimate.value), estimate.value};
  if (estimate.low && estimate.high && std::isfinite(*estimate.low) && std::isfinite(*estimate.high))
    cell.below = text(digits(*estimate.low), " to ", digits(*estimate.high));
  return cell;
}

std::vector<HtmlCell> fit_row(const FamilyAnalysis& family, const LawFit& fit) {
  std::vector<HtmlCell> row{{text(family_name(family.family), ", ", name(fit.form)), {}, false, range_words(fit)}};
  for (const auto member : {&LawFit::E, &LawFit::A, &LawFit::alpha, &LawFit::B, &LawFit::beta})
    row.push_back(estimate_cell(fit.*member));
  row.push_back(std::isfinite(fit.r2) ? HtmlCell{fixed(fit.r2, 4), fit.r2} : HtmlCell{"-"});
  if (fit.held_out) {
    const bool best = family.best_prediction == fit.form && family.fits.size() > 1;
    row.push_back(estimate_cell(fit.held_out->predicted));
    row.push_back({digits(fit.held_out->measured), fit.held_out->measured});
    row.push_back({signed_percent(fit.held_out->relative_error), std::abs(fit.held_out->relative_error), best});
  } else {
    row.insert(row.end(), 3, {"-"});
  }
  return row;
}

/// What no law has is no column: B and beta, where only forms of N alone were fitted.
void drop_empty_columns(HtmlTable& table) {
  for (std::size_t column = table.titles.size(); column-- > 1;) {
    const auto at = static_cast<std::ptrdiff_t>(column);
    if (std::any_of(table.rows.begin(), table.rows.end(), [&](const auto& row) { return row[column].text != "-"; })) continue;
    table.titles.erase(table.titles.begin() + at);
    for (auto& row : table.rows) row.erase(row.begin() + at);
  }
}

HtmlTable fit_table(const ScalingAnalysis& analysis) {
  HtmlTable table{"fitted laws",
                  {"law", "E", "A", "alpha", "B", "beta", "R\u00b2 of log L", "largest, predicted", "measured", "off by"},
                  {},
                  true};
  for (const auto& family : analysis.families)
    for (const auto& fit : family.fits) table.rows.push_back(fit_row(family, fit));
  drop_empty_columns(table);
  return table;
}

std::vector<std::string> conclusions_of(const ScalingAnalysis& analysis) {
  std::vector<std::string> lines;
  for (const auto& crossover : analysis.crossovers) {
    std::string line = text(name(crossover.form), ": ", crossover.in_words);
    if (std::isfinite(crossover.tokens)) line += text(", at ", count_text(crossover.tokens), " tokens");
    lines.push_back(line + ".");
  }
  for (const auto& family : analysis.families) {
    if (family.best_prediction && family.fits.size() > 1)
      lines.push_back(text(family_name(family.family), ": fitted to the smaller models alone, ", name(*family.best_prediction),
                           " predicts the largest best."));
    for (const auto& best : family.optima)
      if (std::isfinite(best.loss.value))
        lines.push_back(text(family_name(family.family), ": for ", digits(best.flops), " FLOPs of training the best is ",
                             with_range(best.parameters, count_text), " parameters and ", with_range(best.tokens, count_text),
                             " tokens, loss ", with_range(best.loss, digits),
                             best.in_range ? "." : ": outside of the points, so extrapolated."));
  }
  return lines;
}

/// Warnings of the fits that charts show, or of the others.
std::vector<std::string> warnings_of(const ScalingAnalysis& analysis, bool shown) {
  std::vector<std::string> lines;
  for (const auto& family : analysis.families)
    for (const auto& fit : family.fits)
      for (const auto& warning : fit.warnings)
        if ((&fit == shown_fit(family)) == shown)
          lines.push_back(text(family_name(family.family), ", ", name(fit.form), ": ", warning));
  return lines;
}

std::string warnings_html(const ScalingAnalysis& analysis) {
  auto lines = warnings_of(analysis, true);
  lines.insert(lines.end(), analysis.warnings.begin(), analysis.warnings.end());
  const auto others = warnings_of(analysis, false);
  if (lines.empty() && others.empty()) return "";
  return "<h3>What these points cannot tell</h3>\n" + list_of(lines, "warnings") +
         (others.empty() ? ""
                         : details(counted(std::ssize(others), "warning") + " of forms that the chart does not show",
                                   list_of(others, "warnings")));
}

}  // namespace

Section losses_section(const ReportData& data) {
  Section section{"losses", "Scaling"};
  if (!data.analysis) {
    section.html = paragraph("No scaling law was fitted: " + data.why_no_analysis);
    return section;
  }
  const ScalingAnalysis& analysis = *data.analysis;
  const auto add = [&](std::optional<Chart> chart, const std::string& description) {
    if (!chart) return;
    section.html += chart_place(*chart, description);
    section.charts.push_back(std::move(*chart));
  };
  section.html = list_of(conclusions_of(analysis));
  add(parameters_chart(analysis), "Validation loss of each run against its parameters, with fitted laws");
  section.html += warnings_html(analysis);
  add(compute_chart(analysis), "Validation loss of each run against the FLOPs of its training");
  add(isoflop_chart(analysis), "The best size for each amount of compute");
  section.html += "<h3>The laws</h3>\n" +
                  paragraph(
                      "power: L = (A/N)^alpha. offset: L = E + (A/N)^alpha. chinchilla: L = E + A/N^alpha + B/D^beta. "
                      "N: " +
                      in_words(analysis.points.counted) + ", D: training tokens, L: " + in_words(analysis.points.unit) +
                      ". Below each number its 95 % interval over resampled runs.") +
                  html_table(fit_table(analysis));
  return section;
}

}  // namespace etude
