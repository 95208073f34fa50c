// Tables as text with commas.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace etude {

struct CsvTable {
  std::vector<std::string> titles;
  struct Row {
    std::size_t line;  ///< from 1
    std::vector<std::string> cells;
  };
  std::vector<Row> rows;

  /// @throws Error (usage) naming the columns that there are
  std::size_t column(const std::string& title) const;
};

/// RFC 4180 with a line of titles: quoted cells may hold commas, quotes and line ends; a byte order mark, CR and empty lines are
/// passed over.
/// @throws Error (usage) if the file has no titles, a quote is not closed, or a row has not as many cells as there are titles
CsvTable read_csv(const std::filesystem::path& file);

}  // namespace etude
