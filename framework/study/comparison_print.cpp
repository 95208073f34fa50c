#include <algorithm>
#include <base/table.hpp>
#include <base/text.hpp>
#include <nlohmann/json.hpp>
#include <study/comparison.hpp>
#include <study/comparison_cells.hpp>
#include <study/comparison_columns.hpp>

namespace etude {
namespace {

using Number = std::optional<double>;

std::string shown(const Number& value, std::string (*as_text)(double)) { return value ? as_text(*value) : "-"; }
std::string four_digits(double value) { return fixed(value, 4); }
std::string three_digits(double value) { return fixed(value, 3); }

std::string interval(const Number& low, const Number& high) {
  return low && high ? text(fixed(*low, 4), "-", fixed(*high, 4)) : "-";
}

bool has_something_to_know(const ComparedRun* run) {
  const bool transposed = !run->transpositions.empty() && run->transpositions != "none";
  return transposed || run->unknown_share.value_or(0) > 0 || run->validation_leakage.value_or(0) > 0 ||
         run->test_leakage.value_or(0) > 0;
}

constexpr const char* leakage_note = "leakage: the share of documents that have a near twin in training";

const std::vector<std::string> titles = {"run",       "parameters", "tokens",      "validation loss",
                                         "95 %",      "bits/char",  "test perpl.", "tokens/s",
                                         "peak mem.", "time",       "state"};

}  // namespace

/// The label alone where it says which run is meant.
std::string Comparison::name_of(const ComparedRun& run) const {
  bool one_study = true, one_label = true;
  for (const auto& other : runs_) {
    one_study = one_study && other.study == run.study;
    one_label = one_label && (&other == &run || other.label != run.label || other.study != run.study);
  }
  return (one_study ? "" : run.study + "/") + (one_label ? run.label : run.id);
}

std::vector<std::vector<std::string>> Comparison::cells(const std::string& before_best, const std::string& after_best) const {
  std::vector<std::vector<std::string>> rows;
  for (const auto& run : runs_) {
    const auto marked = [&](const char* column, bool lossy, std::string cell) {
      if (lossy && cell != "-") cell = "~" + cell;
      return best(run, column) ? before_best + cell + after_best : cell;
    };
    rows.push_back({name_of(run), shown(run.parameters, count_text), shown(run.tokens, count_text),
                    marked("validation_loss", false, shown(run.validation_loss, four_digits)),
                    interval(run.validation_loss_low, run.validation_loss_high),
                    marked("bits_per_character", run.lossy, shown(run.bits_per_character, four_digits)),
                    marked("test_perplexity", run.perplexity_lossy, shown(run.test_perplexity, three_digits)),
                    bracketed(run.beside_others, shown(run.tokens_per_second, count_text)), shown(run.peak_memory, bytes_text),
                    bracketed(run.beside_others, shown(run.wall_seconds, duration_text)), run.state});
  }
  return rows;
}

std::vector<std::string> Comparison::notes() const {
  const auto any = [&](const auto& holds) { return std::any_of(runs_.begin(), runs_.end(), holds); };
  const auto wins = [&](const ComparedRun& run) {
    return std::any_of(competing_columns.begin(), competing_columns.end(),
                       [&](const auto& column) { return best(run, column.name); });
  };
  std::vector<std::string> lines;
  if (any(wins)) lines.emplace_back("* the best of the runs that are done");
  if (any([](const auto& run) { return run.lossy || run.perplexity_lossy; }))
    lines.emplace_back("~ lossy: the text has characters that the tokenizer does not know; such a value never wins");
  if (!comparable("validation_loss"))
    lines.emplace_back(
        "losses a token and perplexities are not ranked: corpus, tokenizer or validation windows differ between runs");
  if (!comparable("bits_per_character"))
    lines.emplace_back("bits per character are not ranked: the validation texts differ between runs");
  if (any([](const auto& run) { return run.beside_others; }))
    lines.emplace_back("[] measured while other runs went beside it: speed and time compare with nothing");
  return lines;
}

TextTable Comparison::metrics(const std::string& rows_are, const std::string& before_best, const std::string& after_best) const {
  const auto ids = headline_ids(runs_);
  std::vector<std::string> columns{rows_are};
  for (const auto& id : ids) {
    columns.push_back(id);
    columns.emplace_back("95 %");
  }
  TextTable table(columns);
  for (const auto& run : runs_) {
    if (ids.empty()) break;
    std::vector<std::string> row{name_of(run)};
    for (const auto& id : ids) {
      const auto found = run.headlines.find(id);
      const bool has = found != run.headlines.end();
      const std::string value = has ? headline_text(found->second.scalar) : "-";
      row.push_back(best(run, id) ? before_best + value + after_best : value);
      row.push_back(has ? interval_text(found->second.scalar) : "-");
    }
    table.add(std::move(row));
  }
  return table;
}

std::vector<std::string> Comparison::metric_notes() const {
  std::vector<std::string> lines;
  bool any_best = false;
  for (const auto& id : headline_ids(runs_)) {
    std::set<std::string> terms;
    for (const auto& run : runs_) {
      if (const auto found = run.headlines.find(id); found != run.headlines.end()) terms.insert(found->second.terms);
      any_best = any_best || best(run, id);
    }
    if (terms.size() > 1) lines.push_back(id + " is not ranked: its options, or the tokenizer, differ between runs");
  }
  if (any_best) lines.insert(lines.begin(), "* the best of the runs that are done: its interval overlaps no other");
  return lines;
}

TextTable Comparison::corpora() const {
  std::vector<const ComparedRun*> first;  // of each corpus
  std::vector<std::size_t> runs;
  for (const auto& run : runs_) {
    const auto same = [&](const ComparedRun* other) { return other->corpus == run.corpus; };
    const auto at = static_cast<std::size_t>(std::find_if(first.begin(), first.end(), same) - first.begin());
    if (at == first.size()) {
      first.push_back(&run);
      runs.push_back(0);
    }
    ++runs[at];
  }
  const bool worth_it = first.size() > 1 || std::any_of(first.begin(), first.end(), has_something_to_know);
  TextTable table({"corpus of", "unique tokens", "with variants", "transpositions", "tokens/char", "unknown", "leakage val.",
                   "leakage test"});
  for (std::size_t i = 0; worth_it && i < first.size(); ++i) {
    const ComparedRun& run = *first[i];
    table.add({name_of(run) + (runs[i] > 1 ? text(" and ", runs[i] - 1, " more") : ""),
               shown(run.unique_training_tokens, count_text), shown(run.training_tokens, count_text),
               run.transpositions.empty() ? "-" : run.transpositions, shown(run.tokens_per_character, three_digits),
               shown(run.unknown_share, share_text), shown(run.validation_leakage, share_text),
               shown(run.test_leakage, share_text)});
  }
  return table;
}

std::string Comparison::table() const {
  TextTable table(titles);
  for (auto& row : cells("*", "")) table.add(std::move(row));
  std::string result = table.text();
  for (const auto& line : notes()) result += line + '\n';
  return result + further_tables();
}

std::string Comparison::further_tables(const std::string& rows_are) const {
  std::string result;
  if (const auto found = metrics(rows_are, "*", ""); !found.empty()) {
    result += '\n' + found.text();
    for (const auto& line : metric_notes()) result += line + '\n';
  }
  if (const auto second = corpora(); !second.empty()) result += text('\n', second.text(), leakage_note, '\n');
  return result;
}

std::string Comparison::markdown() const {
  TextTable table(titles);
  for (auto& row : cells("**", "**")) table.add(std::move(row));
  return table.markdown() + markdown_notes(notes()) + further_markdown();
}

std::string Comparison::further_markdown(const std::string& rows_are) const {
  std::string result;
  if (const auto found = metrics(rows_are, "**", "**"); !found.empty())
    result += '\n' + found.markdown() + markdown_notes(metric_notes());
  if (const auto second = corpora(); !second.empty()) result += text('\n', second.markdown(), '\n', leakage_note, '\n');
  return result;
}

std::string Comparison::csv() const {
  std::string result = "study,label,run,state";
  for (const auto& column : compared_columns) result += text(",", column.name);
  const auto ids = headline_ids(runs_);
  for (const auto& id : ids) result += text(",", id, ",", id, "_low,", id, "_high");
  result += ",transpositions,corpus,lossy,directory,ran_beside_others\n";
  for (const auto& run : runs_) {
    result += text(csv_field(run.study), ",", csv_field(run.label), ",", csv_field(run.id), ",", csv_field(run.state));
    for (const auto& column : compared_columns) result += ',' + csv_number(run.*column.value);
    for (const auto& id : ids) result += csv_headline(run.headlines, id);
    result += text(",", csv_field(run.transpositions), ",", run.corpus);
    result += text(",", run.lossy ? "true" : "false", ",", csv_field(run.directory.string()), ",",
                   run.beside_others ? "true" : "false", "\n");
  }
  return result;
}

std::string Comparison::json() const {
  auto all = nlohmann::ordered_json::array();
  for (const auto& run : runs_) {
    nlohmann::ordered_json one = {{"study", run.study}, {"label", run.label}, {"run", run.id}, {"state", run.state}};
    for (const auto& column : compared_columns) one[column.name] = json_number(run.*column.value);
    one["metrics"] = nlohmann::ordered_json::object();
    for (const auto& [id, headline] : run.headlines) {
      const Scalar& scalar = headline.scalar;
      one["metrics"][id] = {
          {"value", json_number(scalar.value)}, {"low", json_number(scalar.low)}, {"high", json_number(scalar.high)}};
    }
    one["transpositions"] = run.transpositions;
    one["corpus"] = run.corpus;
    one["lossy"] = run.lossy;
    one["best"] = nlohmann::ordered_json::array();
    for (const auto& column : competing_columns)
      if (best(run, column.name)) one["best"].push_back(column.name);
    for (const auto& [id, headline] : run.headlines)
      if (best(run, id)) one["best"].push_back(id);
    one["directory"] = run.directory.string();
    one["ran_beside_others"] = run.beside_others;
    all.push_back(std::move(one));
  }
  // Paths need not be UTF-8.
  return all.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + '\n';
}

}  // namespace etude
