#include <algorithm>
#include <analysis/csv.hpp>
#include <base/files.hpp>
#include <base/text.hpp>
#include <etude/value.hpp>

namespace etude {
namespace {

/// Reads cell by cell.
class Reader {
 public:
  Reader(std::string content, std::string file) : content_(std::move(content)), file_(std::move(file)) {
    if (content_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  bool done() const { return at_ >= content_.size(); }

  CsvTable::Row row() {
    CsvTable::Row row{line_, {}};
    do row.cells.push_back(cell());
    while (take(','));
    take('\r');
    if (take('\n')) ++line_;
    return row;
  }

 private:
  bool take(char wanted) {
    if (done() || content_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  std::string cell() {
    if (take('"')) return quoted();
    const std::size_t end = std::min(content_.find_first_of(",\r\n", at_), content_.size());
    std::string text = content_.substr(at_, end - at_);
    at_ = end;
    return text;
  }

  std::string quoted() {
    const std::size_t begun = line_;
    for (std::string text; !done();) {
      const char next = content_[at_++];
      if (next == '"' && !take('"')) {
        if (!done() && content_[at_] != ',' && content_[at_] != '\r' && content_[at_] != '\n')
          throw usage_error(etude::text(file_, ":", line_, ": a quote ends in the middle of a cell"),
                            "write a quote within quotes twice");
        return text;
      }
      if (next == '\n') ++line_;
      text += next;
    }
    throw usage_error(text(file_, ":", begun, ": a quote is never closed"), "close it, or write a quote within quotes twice");
  }

  std::string content_, file_;
  std::size_t at_ = 0, line_ = 1;
};

bool is_blank(const CsvTable::Row& row) { return row.cells.size() == 1 && row.cells[0].empty(); }

}  // namespace

std::size_t CsvTable::column(const std::string& title) const {
  std::string all;
  for (std::size_t i = 0; i < titles.size(); ++i) all += (i ? ", " : "") + titles[i];
  const auto found = std::find(titles.begin(), titles.end(), title);
  if (found != titles.end()) {
    if (std::find(found + 1, titles.end(), title) != titles.end())
      throw usage_error(text("there are several columns '", title, "'"), "give each a name of its own; columns: " + all);
    return static_cast<std::size_t>(found - titles.begin());
  }
  const std::string guess = nearest(title, titles);
  throw usage_error(text("there is no column '", title, "'"),
                    text(guess.empty() ? "" : text("did you mean '", guess, "'? "), "columns: ", all));
}

CsvTable read_csv(const std::filesystem::path& file) {
  Reader reader(read_file(file), file.string());
  CsvTable table;
  while (!reader.done()) {
    CsvTable::Row row = reader.row();
    if (is_blank(row)) continue;
    if (table.titles.empty()) {
      table.titles = std::move(row.cells);
      if (table.titles.size() == 1 && table.titles[0].find_first_of(";\t") != std::string::npos)
        throw usage_error(text(file.string(), ":", row.line, ": cells stand apart by semicolons or tabs"),
                          "write commas between cells, and points in numbers");
      continue;
    }
    if (row.cells.size() != table.titles.size())
      throw usage_error(text(file.string(), ":", row.line, ": ", counted(std::ssize(row.cells), "cell"), " in a table of ",
                             counted(std::ssize(table.titles), "column")),
                        "cells that hold a comma stand in quotes");
    table.rows.push_back(std::move(row));
  }
  if (table.titles.empty()) throw usage_error(text(file.string(), " is empty"), "its first line must have the names of columns");
  return table;
}

}  // namespace etude
