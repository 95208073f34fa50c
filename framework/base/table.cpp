#include <algorithm>
#include <base/table.hpp>
#include <base/text.hpp>

namespace etude {
namespace {

bool looks_like_number(const std::string& cell) {
  const auto start = cell.find_first_not_of("+-<>~*[ ");
  if (start == std::string::npos) return true;  // "-" stands for a number that is not there
  if (cell.find_first_of("(:") != std::string::npos) return false;
  return (cell[start] >= '0' && cell[start] <= '9') || cell.compare(start, 3, "nan") == 0 || cell.compare(start, 3, "inf") == 0;
}

std::string cell_of(const std::vector<std::string>& row, std::size_t column) { return column < row.size() ? row[column] : ""; }

std::string padded(const std::string& cell, std::size_t width, bool right) {
  const std::size_t used = display_width(cell);
  const std::string space(width > used ? width - used : 0, ' ');
  return right ? space + cell : cell + space;
}

std::string trimmed(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + '\n';
}

/// A cell must not end its column or its row.
std::string markdown_cell(const std::string& cell) {
  std::string escaped;
  for (const char c : cell) {
    if (c == '|' || c == '\\') escaped += '\\';
    escaped += c == '\n' ? ' ' : c;
  }
  return escaped;
}

}  // namespace

void TextTable::add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }

std::size_t TextTable::columns() const {
  std::size_t count = titles_.size();
  for (const auto& row : rows_) count = std::max(count, row.size());
  return count;
}

bool TextTable::right_aligned(std::size_t column) const {
  bool filled = false;
  for (const auto& row : rows_) {
    const std::string cell = cell_of(row, column);
    if (cell.empty()) continue;
    if (!looks_like_number(cell)) return false;
    filled = true;
  }
  return filled;
}

std::vector<std::size_t> TextTable::widths() const {
  std::vector<std::size_t> result(columns());
  for (std::size_t column = 0; column < result.size(); ++column) {
    result[column] = display_width(cell_of(titles_, column));
    for (const auto& row : rows_) result[column] = std::max(result[column], display_width(cell_of(row, column)));
  }
  return result;
}

std::string TextTable::text(std::size_t indent) const {
  const auto width = widths();
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string result(indent, ' ');
    for (std::size_t column = 0; column < width.size(); ++column)
      result += (column ? "  " : "") + padded(cell_of(cells, column), width[column], right_aligned(column));
    return trimmed(std::move(result));
  };
  std::string result;
  if (!titles_.empty()) {
    result += line(titles_);
    std::vector<std::string> rule;
    for (const auto columns_wide : width) rule.emplace_back(columns_wide, '-');
    result += line(rule);
  }
  for (const auto& row : rows_) result += line(row);
  return result;
}

std::string TextTable::markdown() const {
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string result = "|";
    for (std::size_t column = 0; column < columns(); ++column) result += ' ' + markdown_cell(cell_of(cells, column)) + " |";
    return result + '\n';
  };
  std::string result = line(titles_) + '|';
  for (std::size_t column = 0; column < columns(); ++column) result += right_aligned(column) ? "---:|" : "---|";
  result += '\n';
  for (const auto& row : rows_) result += line(row);
  return result;
}

}  // namespace etude
