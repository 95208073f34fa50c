// Bar lines and the endings that touch them.
#include <algorithm>

#include "cursor.hpp"
#include "scanner.hpp"

namespace etude::music::strict {

// A single colon is no bar line. `[` begins one only before `|`; `]` ends one and begins none.
bool MusicScanner::at_bar_line() const {
  const char c = peek();
  if (c == '|' || (c == '[' && peek(1) == '|')) return true;
  if (c == ':') return peek(1) == ':' || peek(1) == '|' || (peek(1) == '[' && peek(2) == '|');
  return false;
}

/// Bar lines may have any shape made of | : [ and ].
void MusicScanner::scan_bar_line(Token& token) {
  token.sign = Sign::bar_line;
  const auto begin = place_.at;
  while (!done()) {
    const char c = peek();
    const bool shape = c == '|' || c == ':' || (c == ']' && place_.at != begin) || (c == '[' && peek(1) == '|');
    if (!shape) break;
    ++place_.at;
  }
  auto shape = place_.text.substr(begin, place_.at - begin);
  token.ends_repeat = shape.front() == ':';
  token.begins_repeat = shape.back() == ':';
  shape.remove_prefix(std::min(shape.find_first_not_of(':'), shape.size()));
  while (!shape.empty() && shape.back() == ':') shape.remove_suffix(1);
  if (shape == "|" || shape == "[|]" || shape.empty()) return;
  const bool thick_last = shape.back() == ']' || (shape.size() > 1 && shape[shape.size() - 2] == '[' && shape.front() != '[');
  token.line = thick_last ? Barline::final_line : shape.front() == '[' ? Barline::heavy_light : Barline::double_line;
}

void MusicScanner::scan_ending(Token& token) {
  token.sign = Sign::ending;
  const auto begin = place_.at;
  bool number_next = true;
  while (true) {
    if (number_next) {
      if (!is_digit(peek())) break;
      const auto number = place_;
      if (scan_number(3, "ending") == 0) reject(number, "ending 0: endings count from 1");
      number_next = false;
    } else if ((peek() == ',' || peek() == '-') && is_digit(peek(1))) {
      ++place_.at;
      number_next = true;
    } else {
      break;
    }
  }
  token.text = place_.text.substr(begin, place_.at - begin);
}

int first_number(std::string_view ending) {
  int number = 0;
  for (std::size_t i = 0; i < ending.size() && is_digit(ending[i]); ++i) number = 10 * number + (ending[i] - '0');
  return number;
}

}  // namespace etude::music::strict
