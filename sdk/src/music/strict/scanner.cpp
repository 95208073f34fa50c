#include "scanner.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <etude/error.hpp>

#include "cursor.hpp"

namespace etude::music::strict {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '`'; }
/// Signs that the standard reserves, and asks to read over until it gives them a meaning.
bool is_reserved(char c) { return c == '#' || c == '*' || c == ';' || c == '?' || c == '@'; }

std::string shown(char c) {
  const auto byte = static_cast<unsigned char>(c);
  if (byte >= 0x80) return "this character";
  return byte >= 0x20 && byte < 0x7F ? std::string(1, c) : text("character ", static_cast<int>(byte));
}

}  // namespace

Signs::Signs() {
  const std::pair<char, const char*> standard[] = {{'~', "roll"},  {'H', "fermata"},      {'L', "accent"},  {'M', "lowermordent"},
                                                   {'O', "coda"},  {'P', "uppermordent"}, {'S', "segno"},   {'T', "trill"},
                                                   {'u', "upbow"}, {'v', "downbow"},      {'.', "staccato"}};
  for (const auto& [sign, name] : standard) decorations[static_cast<std::size_t>(sign)] = name;
}

bool MusicScanner::next(Token& token) {
  const auto before = place_.at;
  skip_blanks();
  if (done()) return false;
  token = Token{};
  token.place = place_;
  token.spaced = place_.at != before;
  scan(token);
  if (token.sign == Sign::note || token.sign == Sign::chord_end) note_end_ = place_.at;
  // A slur that ends with the note does not come between it and its tie.
  if (token.sign == Sign::slur_end && note_end_ == token.place.at) note_end_ = place_.at;
  if (token.sign == Sign::bar_line) bar_end_ = place_.at;
  return true;
}

/// Blanks, comments, and what breaks or continues the printed line.
void MusicScanner::skip_blanks() {
  while (!done()) {
    const char c = peek();
    if (c == '%') {
      place_.at = place_.text.size();
    } else if (c == '\\') {
      auto rest = place_.text.substr(place_.at + 1);
      rest = rest.substr(0, rest.find('%'));
      if (!std::all_of(rest.begin(), rest.end(), is_blank)) reject(place_, "a backslash continues a line, and stands at its end");
      place_.at = place_.text.size();
    } else if (is_blank(c) || is_reserved(c) || c == '$' || (c == '!' && signs_->exclamation_breaks_lines)) {
      ++place_.at;
    } else {
      return;
    }
  }
}

void MusicScanner::scan(Token& token) {
  const char c = peek();
  const auto simple = [&](Sign sign) {
    token.sign = sign;
    ++place_.at;
  };
  if (is_digit(c) && bar_end_ == place_.at) return scan_ending(token);
  if (at_bar_line()) return scan_bar_line(token);
  switch (c) {
    case '[':
      return scan_bracket(token);
    case ']':
      simple(Sign::chord_end);
      token.length = scan_length();
      return;
    case '{':
      simple(Sign::grace_begin);
      if (peek() == '/') ++place_.at;
      return;
    case '}':
      return simple(Sign::grace_end);
    case '-':
      token.touches = note_end_ == place_.at;
      return simple(Sign::tie);
    case '(':
      return scan_parenthesis(token);
    case ')':
      return simple(Sign::slur_end);
    case '<':
    case '>':
      return scan_broken_rhythm(token);
    case '"':
      return scan_words(token);
    case '!':
    case '+':
      return scan_decoration(token, c);
    case '&':
      return simple(Sign::overlay);
    case '.':
      return scan_dot(token);
    default:
      return scan_letter(token);
  }
}

void MusicScanner::scan_letter(Token& token) {
  const char c = peek();
  if ((c >= 'a' && c <= 'g') || (c >= 'A' && c <= 'G') || c == '^' || c == '_' || c == '=') return scan_note(token);
  if (c == 'z' || c == 'x' || c == 'Z' || c == 'X' || c == 'y') return scan_rest(token);
  const auto index = static_cast<unsigned char>(c);
  if (index < 128 && signs_->decorations[index]) {
    token.sign = Sign::decoration;
    token.decoration = *signs_->decorations[index];
    token.letter = true;
    ++place_.at;
    return;
  }
  if (is_letter(c)) reject(place_, text("unknown sign ", c, ": it stands for nothing unless a U: field says what"));
  reject(place_, text("unknown sign ", shown(c), " in music"));
}

void MusicScanner::scan_note(Token& token) {
  token.sign = Sign::note;
  const char sign = peek();
  if (sign == '^' || sign == '_' || sign == '=') {
    ++place_.at;
    int size = 1;
    if (sign != '=' && peek() == sign) {
      ++place_.at;
      size = 2;
    }
    token.alteration = sign == '^' ? size : sign == '_' ? -size : 0;
  }
  const char letter = peek();
  const char step = static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  if (!is_letter(letter) || step > 'G') reject(token.place, "an accidental without a note");
  token.step = step;
  token.octave = letter == step ? 4 : 5;
  ++place_.at;
  for (; peek() == '\'' || peek() == ','; ++place_.at) token.octave += peek() == ',' ? -1 : 1;
  if (token.octave < -1 || token.octave > 9) reject(token.place, "a note out of range");
  token.length = scan_length();
}

void MusicScanner::scan_rest(Token& token) {
  const char c = peek();
  ++place_.at;
  if (c == 'Z' || c == 'X') {
    token.sign = Sign::measure_rest;
    if (is_digit(peek())) token.count = scan_number(4, "bars of rest");
    if (token.count == 0) reject(token.place, "a rest of no bars");
    return;
  }
  token.sign = c == 'y' ? Sign::spacer : Sign::rest;
  token.length = scan_length();
}

/// A whole number of up to that many digits.
std::int64_t MusicScanner::scan_number(std::size_t digits, const char* what) {
  const auto begin = place_;
  std::int64_t value = 0;
  for (; is_digit(peek()); ++place_.at) {
    if (place_.at - begin.at == digits) reject(begin, text(what, ": a number of more than ", digits, " digits"));
    value = 10 * value + (peek() - '0');
  }
  return value;
}

/// Nothing, 3, 3/2, /2, /, //, 3/ ...
Fraction MusicScanner::scan_length() {
  const auto begin = place_;
  std::int64_t above = 1, below = 1;
  if (is_digit(peek())) above = scan_number(5, "bad length");
  if (above == 0) reject(begin, "bad length: zero");
  if (peek() != '/') return Fraction(above, below);
  ++place_.at;
  const auto lower = place_;
  if (is_digit(peek())) {
    below = scan_number(5, "bad length");
    if (below == 0) reject(lower, "bad length: divided by zero");
    return Fraction(above, below);
  }
  for (below = 2; peek() == '/'; ++place_.at) {
    below *= 2;
    if (below > 4096) reject(begin, "bad length: more than twelve slashes");
  }
  return Fraction(above, below);
}

void MusicScanner::scan_bracket(Token& token) {
  if (is_letter(peek(1)) && peek(2) == ':') return scan_field(token);
  ++place_.at;
  if (is_digit(peek())) return scan_ending(token);
  token.sign = Sign::chord_begin;
}

void MusicScanner::scan_field(Token& token) {
  token.sign = Sign::field;
  token.tag = peek(1);
  if (std::string_view("IKLMmNPQRrUV").find(token.tag) == std::string_view::npos) {
    reject(place_, text("field ", token.tag, ": cannot stand within music"));
  }
  const auto begin = place_.at + 3;
  const auto end = place_.text.find(']', begin);
  if (end == std::string_view::npos) reject(place_, "no closing bracket: a field within music is never closed");
  token.text = place_.text.substr(begin, end - begin);
  token.place.at = begin;
  place_.at = end + 1;
}

void MusicScanner::scan_parenthesis(Token& token) {
  ++place_.at;
  token.sign = Sign::slur_begin;
  if (!is_digit(peek())) return;
  token.sign = Sign::tuplet;
  token.count = scan_number(3, "tuplet");
  if (token.count < 2) reject(token.place, "a tuplet of fewer than two notes");
  for (auto* value : {&token.normal, &token.reach}) {
    if (peek() != ':' || peek(1) == '|') break;
    ++place_.at;
    const auto begin = place_;
    if (!is_digit(peek())) continue;
    *value = scan_number(3, "tuplet");
    if (*value == 0) reject(begin, "a tuplet with a zero");
  }
  if (token.count > 9 && token.normal == 0)
    reject(token.place, "a tuplet of more than nine notes must say in the time of how many");
}

void MusicScanner::scan_words(Token& token) {
  token.sign = Sign::words;
  const auto end = place_.text.find('"', place_.at + 1);
  if (end == std::string_view::npos) reject(place_, "a quotation mark is never closed");
  token.text = place_.text.substr(place_.at + 1, end - place_.at - 1);
  place_.at = end + 1;
}

/// A dot is staccato, unless it dots a slur (at either end), a tie or a bar line.
void MusicScanner::scan_dot(Token& token) {
  const char dotted = peek(1);
  if (dotted == '|') {
    ++place_.at;
    scan_bar_line(token);
    if (token.line == Barline::none) token.line = Barline::dotted;
    return;
  }
  if (dotted == '-') {
    token.sign = Sign::tie;
    token.touches = note_end_ == place_.at;
    place_.at += 2;
    return;
  }
  if (dotted == ')' || (dotted == '(' && !is_digit(peek(2)))) {
    token.sign = dotted == ')' ? Sign::slur_end : Sign::slur_begin;
    place_.at += 2;
    return;
  }
  scan_letter(token);
}

void MusicScanner::scan_decoration(Token& token, char delimiter) {
  token.sign = Sign::decoration;
  const auto begin = place_.at + 1;
  const auto end = place_.text.find(delimiter, begin);
  const auto name = place_.text.substr(begin, end == std::string_view::npos ? end : end - begin);
  const bool closed = end != std::string_view::npos;
  if (!closed || name.empty() || name.find_first_of(" \t[]|:\"") != std::string_view::npos) {
    reject(place_, text("a decoration begins with ", delimiter, " and is never closed"));
  }
  token.decoration = name;
  place_.at = end + 1;
}

void MusicScanner::scan_broken_rhythm(Token& token) {
  token.sign = Sign::broken_rhythm;
  const char sign = peek();
  for (token.count = 0; peek() == sign; ++place_.at) ++token.count;
  if (token.count > 3) reject(token.place, "broken rhythm of more than three signs");
  if (peek() == '<' || peek() == '>') reject(place_, "broken rhythm in two directions");
  if (sign == '<') token.count = -token.count;
}

}  // namespace etude::music::strict
