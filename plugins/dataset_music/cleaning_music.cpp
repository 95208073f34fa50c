#include "cleaning_music.hpp"

#include <charconv>
#include <etude/unicode.hpp>
#include <optional>
#include <string>

namespace dataset_music {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_note(char c) { return (c >= 'A' && c <= 'G') || (c >= 'a' && c <= 'g'); }

/// The number at the front of `text`, which it is taken from.
std::optional<double> take_number(std::string_view& text) {
  text = etude::stripped(text);
  if (!text.empty() && is_letter(text.front())) return std::nullopt;  // "nan" is none
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

/// Quarter notes in a beat such as "3/8" or "1/4 1/8"; one for what is not such.
double quarters(std::string_view beat) {
  double sum = 0;
  while (const auto numerator = take_number(beat)) {
    if (!beat.starts_with('/')) return 1;
    beat.remove_prefix(1);
    const auto denominator = take_number(beat);
    if (!denominator || *denominator <= 0) return 1;
    sum += 4 * *numerator / *denominator;
  }
  return sum > 0 ? sum : 1;
}

std::string without_quotes(std::string_view value) {
  std::string out;
  bool quoted = false;
  for (const char c : value) {
    if (c == '"') quoted = !quoted;
    if (c != '"' && !quoted) out += c;
  }
  return out;
}

/// Where what begins at `at` with a quotation mark ends: behind the next one, or at the line's end.
std::size_t behind_quotation(std::string_view line, std::size_t at) {
  const auto end = line.find('"', at + 1);
  return end == std::string_view::npos ? line.size() : end + 1;
}

/// Behind a decoration such as !trill!, or behind a lone '!', which old files break lines with.
std::size_t behind_decoration(std::string_view line, std::size_t at) {
  const auto end = line.find_first_of("! |", at + 1);
  return end != std::string_view::npos && line[end] == '!' ? end + 1 : at + 1;
}

/// Whether a line has notes, and nothing that needs a closer look: no text, decoration, inline field or minus before a digit.
/// That is nearly every line, and goes without a branch for a character.
bool plain_music(std::string_view line, bool& notes) {
  unsigned note = 0, special = 0;
  unsigned char before = 0;
  for (const char character : line) {
    const auto c = static_cast<unsigned char>(character);
    const auto letter = static_cast<unsigned char>((c | 0x20) - 'a'), digit = static_cast<unsigned char>(c - '0');
    note |= static_cast<unsigned>(letter < 7);
    special |= static_cast<unsigned>(c == '"') | (c == '!') | (c == ':') | (static_cast<unsigned>(before == '-') & (digit < 10));
    before = c;
  }
  notes = note != 0;
  return special == 0;
}

}  // namespace

char field_letter(std::string_view line) {
  if (line.size() < 2 || line[1] != ':' || !(is_letter(line[0]) || line[0] == '+')) return 0;
  const bool note = is_note(line[0]) || line[0] == 'z' || line[0] == 'x';
  return note && line.size() > 2 && (line[2] == '|' || line[2] == ':') ? 0 : line[0];
}

std::string_view field_value(std::string_view field) { return etude::stripped(field.substr(2)); }

std::string_view without_comment(std::string_view line) {
  for (std::size_t at = 0; (at = line.find('%', at)) != std::string_view::npos; ++at)
    if (at == 0 || line[at - 1] != '\\') return etude::stripped(line.substr(0, at));
  return line;
}

bool absurd_tempo(std::string_view value) {
  constexpr double slowest = 10, fastest = 1000;
  const std::string plain = without_quotes(value);
  std::string_view rate = plain;
  double beat = 1;
  if (const auto equals = rate.find('='); equals != std::string_view::npos) {
    beat = quarters(rate.substr(0, equals));
    rate.remove_prefix(equals + 1);
  }
  const auto beats = take_number(rate);
  return beats && (*beats * beat < slowest || *beats * beat > fastest);
}

MusicLine look_at_music(std::string_view line) {
  MusicLine seen;
  if (plain_music(line, seen.notes)) return seen;
  seen.notes = false;
  for (std::size_t at = 0; at < line.size();) {
    const char c = line[at];
    const char next = at + 1 < line.size() ? line[at + 1] : '\0';
    if (c == '"') {
      at = behind_quotation(line, at);
    } else if (c == '!') {
      at = behind_decoration(line, at);
    } else if (c == '[' && field_letter(line.substr(at + 1)) != 0) {
      const auto end = std::min(line.find(']', at), line.size());
      if (next == 'Q') seen.absurd_tempo |= absurd_tempo(field_value(line.substr(at + 1, end - at - 1)));
      at = end;
    } else {
      seen.notes |= is_note(c);
      seen.negative_length |= c == '-' && is_digit(next) && at > 0 && line[at - 1] != ' ';
      ++at;
    }
  }
  return seen;
}

}  // namespace dataset_music
