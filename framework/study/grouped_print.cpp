#include <algorithm>
#include <base/text.hpp>
#include <nlohmann/json.hpp>
#include <study/comparison_cells.hpp>
#include <study/comparison_columns.hpp>
#include <study/group_means.hpp>
#include <study/grouped_comparison.hpp>

namespace etude {
namespace {

using Json = nlohmann::ordered_json;
using Number = std::optional<double>;

std::string shown(const Number& value, int digits) { return value ? fixed(*value, digits) : "-"; }

/// "1.50 M", or "32.1 k-703 k" where runs differ.
std::string range(const std::optional<Interval>& counts) {
  if (!counts) return "-";
  const std::string low = count_text(counts->low), high = count_text(counts->high);
  return low == high ? low : low + "-" + high;
}

std::string count_of_runs(const RunGroup& group) {
  return group.done == group.runs.size() ? std::to_string(group.done) : text(group.done, " of ", group.runs.size());
}

std::string interval(const Difference& difference) {
  if (!difference.low || !difference.high) return "-";
  return text(with_sign(*difference.low, 4), " to ", with_sign(*difference.high, 4));
}

Number deviation_of(const RunGroup& group, const char* column) {
  const auto found = group.deviation.find(column);
  return found == group.deviation.end() ? std::nullopt : Number(found->second);
}

}  // namespace

/// Spread and differences have columns where any group has them.
TextTable GroupedComparison::rows(const std::string& before_best, const std::string& after_best) const {
  const auto any = [&](const auto& holds) { return std::any_of(groups_.begin(), groups_.end(), holds); };
  const bool deviations = any([](const auto& group) { return !group.deviation.empty(); });
  const bool differences = any([](const auto& group) { return group.difference.has_value(); });
  std::vector<std::string> titles = by_;
  titles.insert(titles.end(), {"runs", "parameters", "tokens"});
  for (const char* title : {"validation loss", "bits/char", "test perpl."}) {
    titles.emplace_back(title);
    if (deviations) titles.emplace_back("sd");
  }
  titles.insert(titles.end(), {"tokens/s", "time"});
  if (differences) titles.insert(titles.end(), {"difference", "95 %"});

  TextTable table(titles);
  for (const auto& group : groups_) {
    const ComparedRun& mean = group.mean;
    std::vector<std::string> row = group.values;
    row.insert(row.end(), {count_of_runs(group), range(group.parameters), range(group.tokens)});
    const auto add = [&](const char* column, bool lossy, const Number& value, int digits) {
      const std::string cell = text(lossy && value ? "~" : "", shown(value, digits));
      row.push_back(best(group, column) ? before_best + cell + after_best : cell);
      if (deviations) row.push_back(shown(deviation_of(group, column), digits));
    };
    add("validation_loss", false, mean.validation_loss, 4);
    add("bits_per_character", mean.lossy, mean.bits_per_character, 4);
    add("test_perplexity", mean.perplexity_lossy, mean.test_perplexity, 3);
    row.push_back(bracketed(mean.beside_others, mean.tokens_per_second ? count_text(*mean.tokens_per_second) : "-"));
    row.push_back(bracketed(mean.beside_others, mean.wall_seconds ? duration_text(*mean.wall_seconds) : "-"));
    if (differences) {
      row.push_back(group.difference ? with_sign(group.difference->value, 4) : "-");
      row.push_back(group.difference ? interval(*group.difference) : "-");
    }
    table.add(std::move(row));
  }
  return table;
}

std::vector<std::string> GroupedComparison::notes() const {
  std::vector<std::string> lines;
  for (const auto& line : means_->notes())
    lines.push_back(line.starts_with("* ") ? "* the best mean of the runs that are done" : line);
  if (std::any_of(groups_.begin(), groups_.end(), [](const auto& group) { return !group.deviation.empty(); }))
    lines.emplace_back("sd: the standard deviation over seeds");
  std::size_t differences = 0, paired = 0, seeds = 0;
  for (const auto& group : groups_) {
    if (!group.difference) continue;
    ++differences;
    paired += group.difference->paired;
    seeds += group.difference->over_seeds;
  }
  if (differences > 0) {
    lines.push_back(text("difference: ", *measure_ == Measure::validation_loss ? "validation loss" : "bits per character",
                         " less that of ", baseline_, "; 95 % over ", seeds == differences ? "seeds and " : "",
                         "validation documents", paired == differences ? ", which both sides measured" : ""));
    if (paired < differences)
      lines.emplace_back("where two groups measured other windows, their intervals were taken as independent");
    if (seeds < differences)
      lines.push_back(text(seeds == 0 ? "" : "where ",
                           "one seed on each side tells nothing of other seeds: the interval is of the text alone"));
  }
  lines.insert(lines.end(), remarks_.begin(), remarks_.end());
  return lines;
}

std::string GroupedComparison::table() const {
  std::string result = rows("*", "").text();
  for (const auto& line : notes()) result += line + '\n';
  return result + means_->further_tables("group");
}

std::string GroupedComparison::markdown() const {
  return rows("**", "**").markdown() + markdown_notes(notes()) + means_->further_markdown("group");
}

std::string GroupedComparison::csv() const {
  std::string result;
  for (const auto& key : by_) result += csv_field(key) + ",";
  result += "runs,done";
  for (const auto& column : averaged_columns) result += text(",", column.name, ",", column.name, "_sd");
  const auto ids = headline_ids(means_->runs());
  for (const auto& id : ids) result += text(",", id, ",", id, "_low,", id, "_high");
  result += ",lossy,measure,baseline,difference,difference_low,difference_high,paired,over_seeds\n";
  for (const auto& group : groups_) {
    for (const auto& value : group.values) result += csv_field(value) + ",";
    result += text(group.runs.size(), ",", group.done);
    for (const auto& column : averaged_columns)
      result += text(",", csv_number(group.mean.*column.value), ",", csv_number(deviation_of(group, column.name)));
    for (const auto& id : ids) result += csv_headline(group.mean.headlines, id);
    result += text(group.mean.lossy ? ",true," : ",false,", measure_ ? name(*measure_) : "", ",", csv_field(baseline_));
    if (const auto& difference = group.difference)
      result += text(",", csv_number(difference->value), ",", csv_number(difference->low), ",", csv_number(difference->high),
                     difference->paired ? ",true" : ",false", difference->over_seeds ? ",true\n" : ",false\n");
    else
      result += ",,,,,\n";
  }
  return result;
}

std::string GroupedComparison::json() const {
  Json all = {{"by", by_},
              {"measure", measure_ ? Json(name(*measure_)) : Json(nullptr)},
              {"baseline", baseline_},
              {"groups", Json::array()}};
  for (const auto& group : groups_) {
    Json one = {{"group", group.name}, {"runs", group.runs}, {"done", group.done}};
    for (std::size_t i = 0; i < by_.size(); ++i) one["values"][by_[i]] = group.values[i];
    for (const auto& column : averaged_columns)
      one[column.name] = {{"mean", json_number(group.mean.*column.value)}, {"sd", json_number(deviation_of(group, column.name))}};
    one["metrics"] = Json::object();
    for (const auto& [id, headline] : group.mean.headlines)
      one["metrics"][id] = {{"mean", json_number(headline.scalar.value)},
                            {"low", json_number(headline.scalar.low)},
                            {"high", json_number(headline.scalar.high)}};
    one["difference"] = nullptr;
    if (const auto& difference = group.difference)
      one["difference"] = {{"value", json_number(difference->value)},
                           {"low", json_number(difference->low)},
                           {"high", json_number(difference->high)},
                           {"paired", difference->paired},
                           {"over_seeds", difference->over_seeds}};
    one["lossy"] = group.mean.lossy;
    one["ran_beside_others"] = group.mean.beside_others;
    one["best"] = Json::array();
    for (const auto& column : competing_columns)
      if (best(group, column.name)) one["best"].push_back(column.name);
    for (const auto& [id, headline] : group.mean.headlines)
      if (best(group, id)) one["best"].push_back(id);
    all["groups"].push_back(std::move(one));
  }
  all["notes"] = notes();
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace etude
