#include <algorithm>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <report/html.hpp>
#include <report/run_facts.hpp>
#include <report/sections.hpp>
#include <study/comparison_cells.hpp>
#include <study/grouped_comparison.hpp>
#include <study/run_groups.hpp>

namespace etude {
namespace {

using Number = std::optional<double>;

std::string four_digits(double value) { return fixed(value, 4); }
std::string three_digits(double value) { return fixed(value, 3); }

/// The axes of a study, in the order of the runs that have them.
std::vector<std::string> axes_of(const std::vector<RunFacts>& runs) {
  std::vector<std::string> names;
  for (const auto& run : runs)
    for (const auto& [axis, label] : run.run->data.header.axes)
      if (std::find(names.begin(), names.end(), axis) == names.end()) names.push_back(axis);
  return names;
}

HtmlCell axis_cell(const RunFacts& run, const std::string& name) {
  for (const auto& [axis, label] : run.run->data.header.axes)
    if (axis == name) return {label};
  return {"-"};
}

void add_metrics(const Comparison& comparison, HtmlTable& table) {
  const auto ids = headline_ids(comparison.runs());
  for (const auto& id : ids) {
    table.titles.push_back(id);
    for (std::size_t i = 0; i < table.rows.size(); ++i) {
      const ComparedRun& run = comparison.runs()[i];
      const auto found = run.headlines.find(id);
      if (found == run.headlines.end()) {
        table.rows[i].push_back({"-"});
        continue;
      }
      const Scalar& scalar = found->second.scalar;
      const std::string value = headline_text(scalar), spread = interval_text(scalar);
      table.rows[i].push_back({value, Number(scalar.value), comparison.best(run, id), spread == "-" ? "" : spread});
    }
  }
}

std::vector<HtmlCell> row_of(const RunFacts& run, const Comparison& comparison, const std::vector<std::string>& axes) {
  const ComparedRun& compared = *run.compared;
  const auto below = [](HtmlCell one, const Number& low, const Number& high) {
    if (low && high) one.below = text(fixed(*low, 3), " \u2013 ", fixed(*high, 3));
    return one;
  };
  const auto competing = [&](const char* column, const Number& value, std::string (*as_text)(double), bool lossy) {
    HtmlCell one = number_cell(value, as_text);
    if (value && lossy) one.text = "~" + one.text;
    one.best = comparison.best(compared, column);
    return one;
  };
  const auto beside = [&](HtmlCell one) {
    one.text = bracketed(compared.beside_others, one.text);
    return one;
  };
  std::vector<HtmlCell> row{{run.name}};
  if (axes.size() > 1)
    for (const auto& axis : axes) row.push_back(axis_cell(run, axis));
  row.insert(row.end(), {number_cell(compared.parameters, count_text), number_cell(compared.tokens, count_text),
                         number_cell(run.flops, count_text),
                         below(competing("validation_loss", compared.validation_loss, four_digits, false),
                               compared.validation_loss_low, compared.validation_loss_high),
                         competing("bits_per_character", compared.bits_per_character, four_digits, compared.lossy),
                         below(competing("test_perplexity", compared.test_perplexity, three_digits, compared.perplexity_lossy),
                               compared.test_perplexity_low, compared.test_perplexity_high),
                         beside(number_cell(compared.tokens_per_second, count_text)),
                         number_cell(compared.peak_memory, bytes_text), beside(number_cell(compared.wall_seconds, duration_text)),
                         HtmlCell{run.run->selected ? compared.state : compared.state + ", trial"}});
  return row;
}

HtmlTable table_of(const std::vector<RunFacts>& runs, const Comparison& comparison) {
  const auto axes = axes_of(runs);
  HtmlTable table{"all runs side by side", {"run"}, {}, true};
  if (axes.size() > 1) table.titles.insert(table.titles.end(), axes.begin(), axes.end());
  table.titles.insert(table.titles.end(), {"parameters", "tokens", "FLOPs", "validation loss", "bits/char", "test perplexity",
                                           "tokens/s", "peak memory", "time", "state"});
  for (const auto& run : runs) table.rows.push_back(row_of(run, comparison, axes));
  add_metrics(comparison, table);
  return table;
}

/// What stands below the table of `etude compare` too, and what only this one has.
std::vector<std::string> notes_of(const Comparison& comparison, const std::vector<RunFacts>& runs) {
  std::vector<std::string> notes = comparison.notes();
  std::erase_if(notes, [](const std::string& note) { return note.starts_with("* "); });  // a star here, explained above
  if (std::any_of(runs.begin(), runs.end(), [](const RunFacts& run) { return !run.run->selected; }))
    notes.emplace_back("trial: run to choose a point of an axis, and not chosen; fits leave it out");
  return notes;
}

HtmlCell difference_cell(const RunGroup& group, const std::string& baseline) {
  if (group.name == baseline) return {"baseline"};
  if (!group.difference) return {"-"};
  const Difference& difference = *group.difference;
  HtmlCell cell{with_sign(difference.value, 4), difference.value};
  if (difference.low && difference.high) cell.below = text(with_sign(*difference.low, 4), " to ", with_sign(*difference.high, 4));
  return cell;
}

/// Configurations: runs that differ in nothing but seeds, with their spread, and how sure their differences are.
std::string groups_html(const ReportData& data, const std::vector<RunFacts>& runs) {
  std::vector<ComparedRun> selected;
  for (const auto& run : runs)
    if (run.run->selected) selected.push_back(*run.compared);
  Grouping how{{by_configuration}};
  for (const auto& choice : data.study.choices) how.chosen.insert(choice.axis);
  const GroupedComparison grouped(selected, how);
  if (grouped.groups().size() < 2 || !grouped.measure()) return "";
  const bool losses = grouped.measure() == Measure::validation_loss;
  const std::string column = name(*grouped.measure());
  HtmlTable table{"configurations and their differences",
                  {"configuration", "runs", "parameters", "tokens", losses ? "validation loss" : "bits/char", "over seeds \u00b1",
                   "difference"},
                  {},
                  true};
  for (const auto& group : grouped.groups()) {
    const auto spread = group.deviation.find(column);
    HtmlCell mean = number_cell(losses ? group.mean.validation_loss : group.mean.bits_per_character, four_digits);
    mean.best = grouped.best(group, column);
    table.rows.push_back({{group.name},
                          {text(group.done), static_cast<double>(group.done)},
                          number_cell(group.mean.parameters, count_text),
                          number_cell(group.mean.tokens, count_text),
                          mean,
                          spread == group.deviation.end() ? HtmlCell{"-"} : HtmlCell{four_digits(spread->second), spread->second},
                          difference_cell(group, grouped.baseline())});
  }
  return text("<h3>Differences</h3>\n",
              paragraph(text("Runs that differ in nothing but seeds are one configuration, with the standard deviation over "
                             "seeds. Differences are to ",
                             grouped.baseline(),
                             ", with 95 % intervals over documents and, where there are several, seeds: one that holds 0 is no "
                             "difference that these runs can show.")),
              html_table(table));
}

}  // namespace

Section comparison_section(const ReportData& data) {
  const auto runs = facts_of(data);
  Section section{"comparison", "Comparison"};
  section.html =
      paragraph(
          "One line a run; a title sorts by its column. A star marks the best of the runs that are done. Losses are in nats "
          "per predicted token, of the last validation, with the 95 % interval over documents below.") +
      html_table(table_of(runs, *data.comparison));
  section.html += list_of(notes_of(*data.comparison, runs), "quiet");
  section.html += groups_html(data, runs);
  return section;
}

}  // namespace etude
