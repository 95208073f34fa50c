#include "conversion_cache.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <etude/error.hpp>
#include <fstream>
#include <system_error>

#include "digest.hpp"

namespace dataset_music {
namespace {

namespace fs = std::filesystem;
using etude::Error;
using etude::text;

std::optional<Record> parse_record(std::string content) {
  const auto line_end = content.find('\n');
  const auto first_tab = content.find('\t');
  const auto second_tab = first_tab == std::string::npos ? first_tab : content.find('\t', first_tab + 1);
  if (line_end == std::string::npos || second_tab == std::string::npos || second_tab > line_end) return std::nullopt;
  Record record;
  record.conversion.result = content.substr(0, first_tab);
  std::from_chars(content.data() + first_tab + 1, content.data() + second_tab, record.number);
  record.conversion.reason = content.substr(second_tab + 1, line_end - second_tab - 1);
  record.abc = content.substr(line_end + 1);
  if (record.conversion.result == "converted" && record.abc.size() != record.number) return std::nullopt;  // cut short by a crash
  return record;
}

}  // namespace

std::optional<Record> read_record(const fs::path& file) {
  try {
    auto record = parse_record(read_file(file));
    if (record) record->conversion.cached = file;
    return record;
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

void write_record(const fs::path& file, const fs::path& beside, const Record& record) {
  std::error_code error;
  fs::create_directories(file.parent_path(), error);
  {
    std::ofstream out(beside, std::ios::binary);
    out << record.conversion.result << '\t' << record.number << '\t' << record.conversion.reason << '\n' << record.abc;
    out.close();
    if (!out) throw Error(text("cannot write ", beside.string(), ": ", std::strerror(errno)), "is the disk full?");
  }
  fs::rename(beside, file, error);
  if (error) throw Error(text("cannot write ", file.string(), ": ", error.message()), "is the disk full?");
}

}  // namespace dataset_music
