#include "cleaning_rests.hpp"

#include <algorithm>
#include <cstdint>
#include <etude/unicode.hpp>
#include <numeric>
#include <optional>
#include <vector>

#include "cleaning_music.hpp"

namespace dataset_music {
namespace {

/// A length in the tune's unit, L:, in lowest terms.
struct Length {
  std::int64_t numerator = 0, denominator = 1;
  friend bool operator==(const Length&, const Length&) = default;
};

Length operator+(const Length& a, const Length& b) {
  const std::int64_t numerator = a.numerator * b.denominator + b.numerator * a.denominator;
  const std::int64_t denominator = a.denominator * b.denominator;
  const std::int64_t common = std::gcd(numerator, denominator);
  return {numerator / common, denominator / common};
}

struct Bar {
  Length length;
  std::size_t line = 0;    ///< where it ends: the line,
  std::size_t behind = 0;  ///< and the place in its text behind the bar line
};

struct Voice {
  std::string_view id;
  std::vector<Bar> rests;            ///< the bars of rest that it begins with
  Length open;                       ///< of the bar that has not ended
  bool sounds = false;               ///< something else than rests came
  std::vector<std::size_t> lines{};  ///< of its music, as far as it rests
};

/// A number of one to three digits, taken from `text`; `otherwise` where there is none, nothing where it is longer or 0.
std::optional<std::int64_t> take_count(std::string_view& text, std::int64_t otherwise) {
  std::int64_t value = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && text[digits] >= '0' && text[digits] <= '9' && digits < 4; ++digits)
    value = 10 * value + (text[digits] - '0');
  text.remove_prefix(digits);
  if (digits == 0) return otherwise;
  return digits > 3 || value == 0 ? std::nullopt : std::optional(value);
}

/// The length of a rest, taken from what stands behind its letter: "", "4", "3/2", "/4", "/", "//".
std::optional<Length> take_length(std::string_view& text) {
  const auto numerator = take_count(text, 1);
  if (!numerator) return std::nullopt;
  std::int64_t denominator = 1;
  while (text.starts_with('/') && denominator <= 1024) {
    text.remove_prefix(1);
    const auto divisor = take_count(text, 2);
    if (!divisor) return std::nullopt;
    denominator *= *divisor;
  }
  const std::int64_t common = std::gcd(*numerator, denominator);
  return Length{*numerator / common, denominator / common};
}

/// A bar line that does nothing but end a bar: no repeat, no ending, no double bar.
bool plain_bar_line(std::string_view at) {
  constexpr std::string_view more = "|:]0123456789";
  if (!at.starts_with('|')) return false;
  at.remove_prefix(1);
  const bool bracket = at.starts_with('[');
  if (bracket) at.remove_prefix(1);
  if (at.empty()) return !bracket;
  return more.find(at.front()) == std::string_view::npos && !(bracket && at.front() == '"');  // |[ may also begin a chord
}

/// Reads rests from a line of music, until something else comes.
void read_rests(Voice& voice, std::string_view text, std::size_t line) {
  constexpr std::int64_t finest = 1'000'000;  // keeps sums of lengths within 64 bits
  voice.lines.push_back(line);
  const std::size_t size = text.size();
  while (!text.empty() && !voice.sounds) {
    if (const auto space = etude::white_space_at_front(text)) {
      text.remove_prefix(space);
    } else if (text.front() == 'z' || text.front() == 'x') {
      text.remove_prefix(1);
      const auto length = take_length(text);
      if (length) voice.open = voice.open + *length;
      voice.sounds = !length || voice.open.denominator > finest || voice.open.numerator > finest;
    } else if (plain_bar_line(text)) {
      text.remove_prefix(1);
      if (voice.open == Length{}) continue;  // a bar line that opens
      voice.rests.push_back({voice.open, line, size - text.size()});
      voice.open = {};
    } else {
      voice.sounds = true;
    }
  }
}

std::string_view voice_id(std::string_view value) { return value.substr(0, value.find_first_of(" \t]")); }

Voice& find_voice(std::vector<Voice>& voices, std::string_view id) {
  const auto found = std::find_if(voices.begin(), voices.end(), [&](const Voice& voice) { return voice.id == id; });
  if (found != voices.end()) return *found;
  return voices.emplace_back(Voice{id, {}, {}, false, {}});
}

/// Whether bars before this field of the tune's body are no longer simply the beginning: a part begins, say. Before a voice's
/// first music only a unit of length of its own matters, since its bars no longer compare with the others'.
bool ends_rests(char letter, std::string_view voice, const std::vector<Voice>& voices) {
  constexpr std::string_view harmless = "VKMQI";
  if (harmless.find(letter) != std::string_view::npos) return false;
  const auto same = [&](const Voice& other) { return other.id == voice; };
  return (letter == 'L' && !voice.empty()) || std::any_of(voices.begin(), voices.end(), same);
}

/// The voices of a tune that have music, with the rests that they begin with.
std::vector<Voice> read_voices(std::span<const AbcLine> tune) {
  std::vector<Voice> voices;
  std::string_view current;
  bool body = false;
  for (std::size_t i = 0; i < tune.size(); ++i) {
    const AbcLine& line = tune[i];
    if (line.kind == AbcLine::Kind::directive) continue;
    if (line.kind == AbcLine::Kind::field) {
      const char letter = field_letter(line.text);
      if (letter == 'V') current = voice_id(field_value(line.text));
      if (body && ends_rests(letter, current, voices)) find_voice(voices, current).sounds = true;
      body = body || letter == 'K';
      continue;
    }
    body = true;
    if (!line.voice.empty()) current = voice_id(field_value(line.voice.substr(1)));
    Voice& voice = find_voice(voices, current);
    if (!voice.sounds) read_rests(voice, line.text, i);
  }
  return voices;
}

/// Whether all voices rest in bar `i`, equally long; those that are over by then, without a note, do not matter.
bool all_rest_in(const std::vector<Voice>& voices, std::size_t i) {
  std::optional<Length> length;
  for (const auto& voice : voices) {
    if (i >= voice.rests.size() && !voice.sounds) continue;
    if (i >= voice.rests.size() || (length && *length != voice.rests[i].length)) return false;
    length = voice.rests[i].length;
  }
  return length.has_value();
}

}  // namespace

void trim_leading_rests(std::span<AbcLine> tune) {
  const std::vector<Voice> voices = read_voices(tune);
  if (std::none_of(voices.begin(), voices.end(), [](const Voice& voice) { return voice.sounds; })) return;
  std::size_t bars = 0;
  while (all_rest_in(voices, bars)) ++bars;
  for (const auto& voice : voices) {
    if (bars == 0 || voice.rests.empty()) continue;
    const Bar& last = voice.rests[std::min(bars, voice.rests.size()) - 1];
    for (const std::size_t line : voice.lines) {
      auto& text = tune[line].text;
      if (line < last.line) text = {};
      if (line == last.line) text = etude::stripped(text.substr(last.behind));
    }
  }
}

}  // namespace dataset_music
