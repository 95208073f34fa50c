#include <algorithm>
#include <analysis/csv.hpp>
#include <analysis/points.hpp>
#include <base/text.hpp>
#include <cctype>
#include <charconv>
#include <cmath>
#include <etude/error.hpp>

namespace etude {
namespace {

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t");
  return first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(" \t") + 1 - first);
}

std::optional<double> number(const std::string& cell) {
  std::string digits = trimmed(cell);
  if (digits.starts_with('+')) digits.erase(0, 1);
  double value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} && end == digits.data() + digits.size() && !digits.empty() ? std::optional(value) : std::nullopt;
}

/// What tables write where there is no value.
bool is_missing(const std::string& cell) {
  std::string lower = trimmed(cell);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  return lower.empty() || lower == "nan" || lower == "na" || lower == "null" || lower == "none";
}

/// Numbers compare as numbers, so that 0.10 is 0.1; other texts only for equality.
bool holds(const RowCondition& condition, const std::string& cell, const std::string& place) {
  const auto left = number(cell), right = number(condition.value);
  if (condition.comparison == "=") return left && right ? *left == *right : trimmed(cell) == condition.value;
  if (condition.comparison == "!=") return left && right ? *left != *right : trimmed(cell) != condition.value;
  if (is_missing(cell)) return false;
  if (!left)
    throw usage_error(text(place, ": '", cell, "' in column ", condition.column, " is no number"),
                      "correct it, or compare with = or !=, which take any text");
  if (condition.comparison == "<") return *left < *right;
  if (condition.comparison == "<=") return *left <= *right;
  return condition.comparison == ">" ? *left > *right : *left >= *right;
}

/// A positive number in a column, or nothing where it is missing.
class PositiveColumn {
 public:
  PositiveColumn(const CsvTable& table, const std::string& title, std::string file)
      : title_(title), file_(std::move(file)), index_(title.empty() ? 0 : table.column(title)) {}

  bool given() const { return !title_.empty(); }
  std::optional<double> of(const CsvTable::Row& row) const {
    if (!given() || is_missing(row.cells[index_])) return std::nullopt;
    const auto value = number(row.cells[index_]);
    if (!value || !(*value > 0) || !std::isfinite(*value))
      throw usage_error(text(file_, ":", row.line, ": '", row.cells[index_], "' in column ", title_, " is no positive number"),
                        "correct it, or leave such rows out with --where");
    return value;
  }

 private:
  std::string title_, file_;
  std::size_t index_;
};

}  // namespace

RowCondition row_condition(const std::string& condition) {
  // The first sign of a comparison ends the column's name.
  const auto sign = condition.find_first_of("<>=!");
  if (sign != std::string::npos && sign > 0) {
    for (const char* comparison : {"<=", ">=", "!=", "<", ">", "="}) {
      if (condition.compare(sign, std::string_view(comparison).size(), comparison) != 0) continue;
      const RowCondition found{trimmed(condition.substr(0, sign)), comparison,
                               trimmed(condition.substr(sign + std::string_view(comparison).size()))};
      const bool by_size = found.comparison[0] == '<' || found.comparison[0] == '>';
      if (by_size && !number(found.value))
        throw usage_error(text(condition, ": '", found.value, "' is no number"),
                          "= and != compare with any text, the others with numbers");
      return found;
    }
  }
  throw usage_error(text("'", condition, "' is no condition"),
                    "write COLUMN=VALUE, COLUMN!=VALUE, or COLUMN<NUMBER (also <= > >=)");
}

PointSet points_of_csv(const std::filesystem::path& file, const PointColumns& columns) {
  const CsvTable table = read_csv(file);
  const PositiveColumn parameters(table, columns.parameters, file.string()), tokens(table, columns.tokens, file.string()),
      flops(table, columns.flops, file.string()), loss(table, columns.loss, file.string());
  const std::size_t family = columns.family.empty() ? 0 : table.column(columns.family);
  std::vector<std::size_t> condition_columns;
  for (const auto& condition : columns.where) condition_columns.push_back(table.column(condition.column));

  PointSet set;
  std::vector<std::size_t> missing;
  for (const auto& row : table.rows) {
    const std::string place = text(file.string(), ":", row.line);
    bool wanted = true;
    for (std::size_t i = 0; wanted && i < columns.where.size(); ++i)
      wanted = holds(columns.where[i], row.cells[condition_columns[i]], place);
    if (!wanted) continue;
    const auto n = parameters.of(row), d = tokens.of(row), c = flops.of(row), l = loss.of(row);
    if (!n || !l || (tokens.given() && !d) || (!tokens.given() && flops.given() && !c)) {
      missing.push_back(row.line);
      continue;
    }
    LossPoint point;
    point.run = text("line ", row.line);
    if (!columns.family.empty()) point.family = row.cells[family];
    point.parameters = *n;
    point.loss = *l;
    if (d) point.tokens = *d;
    if (c && !d) point.tokens = *c / (6 * *n);
    point.flops = c ? *c : 6 * *n * point.tokens;
    // Rows of one size and budget are taken for seeds.
    point.cell = text(point.family, '\n', point.parameters, '\n', point.tokens);
    set.points.push_back(std::move(point));
  }
  if (!missing.empty())
    set.warnings.push_back(
        text("left out: ", counted(std::ssize(missing), "row"), " without a value, first ", file.string(), ":", missing.front()));
  if (set.points.empty())
    throw usage_error(text("no row of ", file.string(), " is left"),
                      columns.where.empty() ? "it needs rows with a number in each column that is named" : "see --where");
  return set;
}

}  // namespace etude
