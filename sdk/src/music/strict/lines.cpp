#include "lines.hpp"

#include <etude/error.hpp>
#include <etude/music/abc.hpp>
#include <etude/unicode.hpp>

namespace etude::music::strict {
namespace {

constexpr std::string_view blanks = " \t\v\f";

/// A letter and a colon begin a field, unless the colon belongs to a bar line. Small letters are notes, but for those of 2.1.
bool begins_field(std::string_view line) {
  if (line.size() < 2 || line[1] != ':') return false;
  if (line.size() > 2 && (line[2] == '|' || line[2] == ':')) return false;
  const char c = line[0];
  return c == '+' || (c >= 'A' && c <= 'Z') || std::string_view("mrsw").find(c) != std::string_view::npos;
}

/// Ends a line before its comment. \% is no comment.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = line.find('%'); i != std::string_view::npos; i = line.find('%', i + 1)) {
    if (i == 0 || line[i - 1] != '\\') return line.substr(0, i);
  }
  return line;
}

Place trimmed(Place place, std::size_t begin) {
  const auto last = place.text.find_last_not_of(blanks);
  place.text = place.text.substr(0, last == std::string_view::npos ? 0 : last + 1);
  place.at = std::min(place.text.find_first_not_of(blanks, begin), place.text.size());
  return place;
}

}  // namespace

void reject(const Place& place, std::string cause) {
  throw AbcError(std::move(cause), place.line, count_characters(place.text.substr(0, place.at)) + 1);
}

StrictLines::StrictLines(std::string_view text) : rest_(text) {
  if (rest_.substr(0, 3) == "\xEF\xBB\xBF") rest_.remove_prefix(3);
}

bool StrictLines::next(StrictLine& line) {
  if (rest_.empty()) return false;
  const auto end = std::min(rest_.find_first_of("\r\n"), rest_.size());
  line = StrictLine{};
  line.place = {++number_, rest_.substr(0, end), 0};
  const bool both = rest_.substr(end, 2) == "\r\n";
  rest_.remove_prefix(std::min(end + (both ? 2 : 1), rest_.size()));
  const auto text = line.place.text;
  line.value = line.place;
  if (text.find_first_not_of(blanks) == std::string_view::npos) {
    line.kind = LineKind::blank;
  } else if (text.substr(0, 2) == "%%") {
    line.kind = LineKind::directive;
    line.value = trimmed(line.place, 2);
  } else if (text[0] == '%') {
    line.kind = LineKind::comment;
  } else if (begins_field(text)) {
    line.kind = LineKind::field;
    line.tag = text[0];
    line.value.text = without_comment(text);
    line.value = trimmed(line.value, 2);
  } else {
    line.kind = LineKind::other;
  }
  return true;
}

}  // namespace etude::music::strict
