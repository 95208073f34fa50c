// Text tables for the terminal: aligned columns, numbers to the right, UTF-8 aware.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace etude {

/// A table of texts. A column is right-aligned if every filled cell of it (its title apart) begins like a number,
/// with its unit or an interval but without a remark ("12 M (all)").
class TextTable {
 public:
  TextTable() = default;
  explicit TextTable(std::vector<std::string> titles) : titles_(std::move(titles)) {}

  /// Adds a row; cells that are missing at its end are empty.
  void add(std::vector<std::string> cells);
  bool empty() const { return rows_.empty(); }

  /// The table as lines, each ending in a newline and without spaces before it: titles (if any), a rule, rows.
  /// @param indent  spaces before each line
  std::string text(std::size_t indent = 0) const;
  /// The same as a Markdown table. Needs titles.
  std::string markdown() const;

 private:
  bool right_aligned(std::size_t column) const;
  std::size_t columns() const;
  std::vector<std::size_t> widths() const;

  std::vector<std::string> titles_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace etude
