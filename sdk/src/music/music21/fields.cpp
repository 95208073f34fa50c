#include "fields.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <etude/unicode.hpp>

#include "literals.hpp"
#include "unreadable.hpp"

namespace etude::music {

namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return result;
}

/// The two sides of the only `separator` in `text`.
struct Sides {
  Sides(std::string_view text, char separator) {
    const auto at = text.find(separator);
    if (at == std::string_view::npos || text.find(separator, at + 1) != std::string_view::npos)
      throw Unreadable{"ValueError",
                       std::string("one '") + separator + "' is expected in '" + std::string(text.substr(0, 40)) + "'", text};
    left = text.substr(0, at);
    right = text.substr(at + 1);
  }
  std::string_view left, right;
};

// Quirk::meter_by_digits.
Integer digits_in(std::string_view text) {
  std::string digits;
  for (const char c : text)
    if (c >= '0' && c <= '9') digits += c;
  if (digits.empty()) throw Unreadable{"ValueError", "a side of the meter has no number", text};
  return read_integer(digits);
}

/// More beats than can be listed.
constexpr std::int64_t countless = std::int64_t{1} << 32;

/// As a number of 64 bits; what is larger than any meter that can be counted is `countless`.
std::int64_t bounded(const Integer& number) {
  const long double value = number.value();
  return value > static_cast<long double>(countless) ? countless : static_cast<std::int64_t>(value);
}

/// music21 counts beats by dividing them down to 128ths: no meter has no beat, and one finer than that has one or groups of
/// three.
/// Quirk::uncountable_meter.
void require_countable(const Meter& meter, std::string_view value) {
  if (meter.unit == 0) throw Unreadable{"ZeroDivisionError", "a meter of noughths", value};
  if (meter.beats == countless) throw Unreadable{"OverflowError", "a meter of more beats than can be listed", value};
  const bool groups_of_three = meter.beats % 3 == 0 && meter.beats > 3;
  if (meter.beats == 0 || (meter.unit > 128 && meter.beats != 1 && !groups_of_three))
    throw Unreadable{"MeterException", "music21 cannot count the meter " + std::string(value.substr(0, 40)), value};
}

}  // namespace

std::optional<Meter> read_meter(std::string_view value) {
  if (value == "C") return Meter{4, 4};
  if (value == "C|") return Meter{2, 2};
  if (lower(value) == "none") return std::nullopt;
  const Sides sides(value, '/');
  const Meter meter{bounded(digits_in(sides.left)), bounded(digits_in(sides.right))};
  require_countable(meter, value);
  return meter;
}

bool is_compound(const Meter& meter) { return meter.beats > 3 && meter.beats % 3 == 0 && meter.unit <= 128; }

double read_unit(std::string_view value) {
  if (value.find('/') == std::string_view::npos)
    throw Unreadable{"ABCTokenException", "a unit length is a fraction, as 1/8", value};
  const Sides sides(value, '/');
  const Integer numerator = read_integer(sides.left);
  // Quirk::unit_of_g.
  const Integer denominator = sides.right == "G" ? Integer{false, "4"} : read_integer(sides.right);
  if (denominator.zero()) throw Unreadable{"ZeroDivisionError", "a unit length of noughths", value};
  const auto unit = static_cast<double>(numerator.value() * 4 / denominator.value());
  if (std::isinf(unit)) throw Unreadable{"OverflowError", "a unit length too large for any note", value};
  return unit;
}

double unit_of(const std::optional<Meter>& meter) {
  if (!meter) return 0.5;
  return static_cast<double>(meter->beats) / static_cast<double>(meter->unit) < 0.75 ? 0.25 : 0.5;
}

Key read_key(std::string_view value) {
  constexpr std::array<std::string_view, 20> tonics = {"f#", "g#", "a#", "bb", "eb", "d#", "ab", "e#", "db", "c#",
                                                       "gb", "cb", "hp", "c",  "g",  "d",  "a",  "e",  "b",  "f"};
  constexpr std::string_view fifths = "fcgdaeb";
  const std::string name = lower(value);
  // Quirk::key_is_a_prefix.
  const auto* const tonic = std::find_if(tonics.begin(), tonics.end(), [&](std::string_view candidate) {
    return std::string_view(name).substr(0, candidate.size()) == candidate;
  });
  const std::size_t taken = tonic == tonics.end() ? 0 : tonic->size();
  if (taken == 2 && *tonic == "hp") {
    // Quirk::pipes_in_wrong_case.
    if (value[0] != 'H') throw Unreadable{"PitchException", "the keys of the highland pipes are HP and Hp", value};
    return {value[1] == 'P' ? 0 : 2, ""};
  }
  Key key{0, ""};
  if (taken > 0) key.sharps = static_cast<int>(fifths.find((*tonic)[0])) - 1;
  if (taken == 2) key.sharps += (*tonic)[1] == '#' ? 7 : -7;

  struct Mode {
    std::string_view prefix;
    const char* name;
    int sharps;
  };
  constexpr std::array<Mode, 8> modes = {{{"dor", "dorian", -2},
                                          {"phr", "phrygian", -4},
                                          {"lyd", "lydian", 1},
                                          {"mix", "mixolydian", -1},
                                          {"maj", "major", 0},
                                          {"ion", "ionian", 0},
                                          {"aeo", "aeolian", -3},
                                          {"m", "minor", -3}}};
  const std::string_view rest = stripped(tonic == tonics.end() ? std::string_view() : std::string_view(name).substr(taken));
  if (rest.empty()) return {key.sharps, "major"};
  for (const auto& mode : modes)
    if (rest.substr(0, mode.prefix.size()) == mode.prefix) return {key.sharps + mode.sharps, mode.name};
  return key;
}

std::optional<Clef> read_clef(std::string_view value) {
  const std::string name = lower(value);
  if (name.find("-8va") != std::string::npos) return Clef::treble_octave_below;
  if (name.find("bass") != std::string::npos) return Clef::bass;
  return std::nullopt;
}

namespace {

/// "1/4 3/8": quarter notes of all fractions together; a word without a slash counts as a whole note.
double read_beats(std::string_view lengths) {
  double beats = 0;
  for (;;) {
    const auto space = lengths.find(' ');
    const std::string_view length = lengths.substr(0, space);
    double numerator = 1, denominator = 1;
    if (length.find('/') != std::string_view::npos) {
      const Sides sides(length, '/');
      numerator = read_float(sides.left), denominator = read_float(sides.right);
    }
    if (denominator == 0) throw Unreadable{"ZeroDivisionError", "a tempo of noughths", lengths};
    beats += numerator / denominator * 4;
    if (space == std::string_view::npos) return beats;
    lengths.remove_prefix(space + 1);
  }
}

void require_finite(double value, std::string_view where) {
  if (std::isnan(value)) throw Unreadable{"ValueError", "a tempo that is no number", where};
  if (std::isinf(value)) throw Unreadable{"OverflowError", "an infinite tempo", where};
}

}  // namespace

Tempo read_tempo(std::string_view value) {
  std::string words, numbers;
  bool quoted = false;
  for (const char c : value) {
    if (c == '"')
      quoted = !quoted;
    else
      (quoted ? words : numbers) += c;
  }
  Tempo tempo;
  tempo.text = stripped(words);
  const std::string_view rest = stripped(numbers);
  try {
    if (rest.empty()) return tempo;
    if (rest.find('=') == std::string_view::npos) {
      tempo.number = read_float(rest);
    } else {
      const Sides sides(rest, '=');
      tempo.number = read_float(sides.right);
      tempo.beat = read_beats(sides.left);
    }
  } catch (const Unreadable& fault) {
    throw Unreadable{fault.type, fault.cause, value};
  }
  if (*tempo.number == -1) tempo.number.reset();  // stands for "none given"
  if (tempo.number) require_finite(*tempo.number, value);
  if (tempo.beat) require_finite(*tempo.beat, value);
  return tempo;
}

}  // namespace etude::music
