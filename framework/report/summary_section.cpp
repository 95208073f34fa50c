#include <algorithm>
#include <analysis/words.hpp>
#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <map>
#include <report/html.hpp>
#include <report/run_facts.hpp>
#include <report/sections.hpp>

namespace etude {
namespace {

/// A number that stands out, with what it is and of what.
struct KeyFigure {
  std::string what, value, of;
};

std::string figures_html(const std::vector<KeyFigure>& figures) {
  std::string html = "<dl class=\"figures\">\n";
  for (const auto& figure : figures)
    html += text("<div><dt>", escape_html(figure.what), "</dt><dd>", escape_html(figure.value), "<small>", escape_html(figure.of),
                 "</small></dd></div>\n");
  return html + "</dl>\n";
}

/// What is planned; without a plan, what is there.
std::size_t planned_runs(const ReportData& data) {
  return data.study.planned.empty() ? data.runs.size() : data.study.planned.size();
}

bool is_begun(const ReportData& data, const PlannedRun& planned) {
  return std::any_of(data.runs.begin(), data.runs.end(), [&](const ReportRun& run) {
    return planned.id.empty() ? run.data.header.label == planned.label
                              : run.directory.filename() == planned.id || run.data.header.label == planned.label;
  });
}

std::string unfinished_line(const RunFacts& run) {
  const RunData& data = run.run->data;
  std::string line = text(run.name, ": ", data.state);
  if (!data.train.empty()) line += text(", ", count_text(static_cast<double>(data.train.back().tokens)), " tokens so far");
  return data.reason.empty() ? line : line + " (" + data.reason + ")";
}

/// Nothing if all that is planned is done.
std::string unfinished_html(const ReportData& data, const std::vector<RunFacts>& runs) {
  std::vector<std::string> lines;
  for (const auto& run : runs)
    if (!run.done) lines.push_back(unfinished_line(run));
  std::size_t missing = 0;
  for (const auto& planned : data.study.planned) missing += is_begun(data, planned) ? 0 : 1;
  if (missing > 0) lines.push_back(counted(static_cast<std::int64_t>(missing), "run") + " not begun");
  if (lines.empty()) return "";
  return paragraph("This study is not finished: what follows is what there is by now. The same etude run goes on with it.") +
         list_of(lines, "warnings");
}

/// The done run that the comparison calls best in this column.
const RunFacts* best_run(const ReportData& data, const std::vector<RunFacts>& runs, const std::string& column) {
  for (const auto& run : runs)
    if (data.comparison->best(*run.compared, column)) return &run;
  return nullptr;
}

double sum_of(const std::vector<RunFacts>& runs, const auto& value) {
  double sum = 0;
  for (const auto& run : runs) sum += value(run).value_or(0);
  return sum;
}

std::vector<KeyFigure> figures_of(const ReportData& data, const std::vector<RunFacts>& runs) {
  const auto done = std::count_if(runs.begin(), runs.end(), [](const RunFacts& run) { return run.done; });
  const auto all = planned_runs(data);
  std::vector<KeyFigure> figures{
      {"runs", text(done), static_cast<std::size_t>(done) == all ? "all done" : text("done of ", all)}};
  if (const RunFacts* best = best_run(data, runs, "validation_loss")) {
    const ComparedRun& run = *best->compared;
    std::string spread;
    if (run.validation_loss_low && run.validation_loss_high)
      spread = text(" (95 %: ", fixed(*run.validation_loss_low, 2), " \u2013 ", fixed(*run.validation_loss_high, 2), ")");
    figures.push_back({"lowest validation loss", fixed(*run.validation_loss, 4), best->name + spread});
  }
  if (const RunFacts* best = best_run(data, runs, "bits_per_character"))
    figures.push_back({"bits per character", fixed(*best->compared->bits_per_character, 3), best->name});
  if (const double flops = sum_of(runs, [](const RunFacts& run) { return run.flops; }); flops > 0)
    figures.push_back({"compute", count_text(flops), "FLOPs, of all runs"});
  if (const double seconds = sum_of(runs, [](const RunFacts& run) { return run.compared->wall_seconds; }); seconds > 0)
    figures.push_back({"time", duration_text(seconds), "training and validation"});
  return figures;
}

/// "gpt: 4 runs of 32.1 k to 720 k parameters, 1.50 M tokens each"
std::string family_line(const std::string& family, const std::vector<RunFacts>& runs) {
  std::vector<double> parameters, tokens;
  std::int64_t count = 0;
  for (const auto& run : runs) {
    if (run.family != family) continue;
    ++count;
    if (run.parameters) parameters.push_back(*run.parameters);
    if (run.tokens) tokens.push_back(*run.tokens);
  }
  std::string line = text(family, ": ", counted(count, "run"));
  if (!parameters.empty()) line += text(" of ", range_text(parameters), " parameters");
  if (!tokens.empty()) line += text(", trained on ", range_text(tokens), " tokens");
  return line + ".";
}

/// One for each corpus, with how often its text was seen.
std::vector<std::string> corpus_lines(const std::vector<RunFacts>& runs) {
  std::map<std::string, std::vector<const RunFacts*>> corpora;
  for (const auto& run : runs) corpora[run.compared->corpus].push_back(&run);
  std::vector<std::string> lines;
  for (const auto& [fingerprint, of_corpus] : corpora) {
    const ComparedRun& first = *of_corpus.front()->compared;
    if (!first.unique_training_tokens) continue;
    double most = 0;
    for (const RunFacts* run : of_corpus) most = std::max(most, run->tokens.value_or(0));
    const double epochs = most / *first.unique_training_tokens;
    std::string line = text("The corpus has ", count_text(*first.unique_training_tokens), " unique tokens to train on");
    if (corpora.size() > 1)
      line = text("The corpus of ", counted(std::ssize(of_corpus), "run"), line.substr(std::string("The corpus").size()));
    line += text("; the longest run saw ", fixed(epochs, 2), " times as many");
    if (epochs > 1) line += ", so text repeats and the loss for fresh text would be lower";
    lines.push_back(line + ".");
  }
  return lines;
}

std::vector<std::string> choice_lines(const StudyRecord& study) {
  std::vector<std::string> lines;
  for (const auto& choice : study.choices) {
    std::string line = text("Of ", choice.axis, ", ", choice.label, " was chosen");
    if (!choice.combination.empty()) line += " for " + choice.combination;
    line += text(", by ", choice.by, " (", fixed(choice.value, 4), ").");
    if (choice.at_edge) line += " It is at the edge of what was tried: a better one may lie beyond.";
    lines.push_back(line);
  }
  return lines;
}

/// What the fits say, in a line a finding.
std::vector<std::string> scaling_lines(const ReportData& data) {
  std::vector<std::string> lines;
  if (!data.analysis) return lines;
  std::size_t warnings = data.analysis->warnings.size();
  for (const auto& family : data.analysis->families)
    for (const auto& fit : family.fits) warnings += fit.warnings.size();
  if (!data.analysis->crossovers.empty()) {
    const Crossover& last = data.analysis->crossovers.back();
    lines.push_back(text(last.first, " and ", last.second, ", by the form ", name(last.form), ": ", last.in_words, "."));
  }
  if (warnings > 0)
    lines.push_back(text("The fits come with ", counted(static_cast<std::int64_t>(warnings), "warning"),
                         ": see Scaling before quoting a number."));
  return lines;
}

}  // namespace

Section summary_section(const ReportData& data) {
  const auto runs = facts_of(data);
  Section section{"summary", "Summary"};
  std::vector<std::string> lines;
  for (const auto& family : families_of(runs)) lines.push_back(family_line(family, runs));
  for (const auto& more : {corpus_lines(runs), scaling_lines(data)}) lines.insert(lines.end(), more.begin(), more.end());
  section.html = unfinished_html(data, runs) + figures_html(figures_of(data, runs)) + list_of(lines);
  if (const auto choices = choice_lines(data.study); !choices.empty())
    section.html += details(counted(std::ssize(choices), "choice") + " that the study made", list_of(choices));
  return section;
}

}  // namespace etude
