#include "notes.hpp"

#include <cmath>

#include "characters.hpp"
#include "literals.hpp"
#include "unreadable.hpp"

namespace etude::music {

std::optional<Spelling> spell(std::string_view note, const Accidental& carried, std::optional<int> key) {
  char letter = 0;
  Spelling spelling;
  int octaves = 0;
  for (const char c : note) {
    if (letter == 0 && ((c >= 'a' && c <= 'g') || (c >= 'A' && c <= 'G') || c == 'z'))
      letter = c;
    else if (c == ',')
      --octaves;
    else if (c == '\'')
      ++octaves;
    else if (c == '_' || c == '^' || c == '=')
      spelling.accidental.add(c);
  }
  if (letter == 'z') return std::nullopt;
  // Any other letter is middle C to music21, and so is a note with an accidental of its own and one carried to it.
  if (letter == 0 || (!carried.empty() && !spelling.accidental.empty())) return Spelling{'C', {}, 4, true};
  const bool high = letter >= 'a';
  spelling.step = high ? static_cast<char>(letter - 32) : letter;
  spelling.octave = (high ? 5 : 4) + octaves;
  if (!carried.empty()) {
    spelling.accidental = carried;
  } else if (spelling.accidental.empty() && key && *key != 0) {
    constexpr std::string_view sharps = "FCGDAEB", flats = "BEADGCF";
    const bool sharp = *key > 0;
    const auto place = static_cast<int>((sharp ? sharps : flats).find(spelling.step));
    if (place < std::abs(*key)) spelling.accidental.add(sharp ? '^' : '_');
  }
  return spelling;
}

Pitch pitch_of(const Spelling& spelling, std::string_view where) {
  int flats = spelling.accidental.flats;
  int octave = spelling.octave;
  // Quirk::minus_is_flat.
  if (octave < 0) ++flats, octave = -octave;
  const int sharps = spelling.accidental.sharps, naturals = spelling.accidental.naturals;
  // Quirk::mixed_accidentals_fail.
  const bool one_kind = (flats > 0) + (sharps > 0) + (naturals > 0) <= 1;
  if (!one_kind || flats > 4 || sharps > 4 || naturals > 1) throw Unreadable{"AccidentalException", "no such accidental", where};
  return {spelling.step, octave, sharps - flats, naturals > 0, spelling.floating};
}

namespace {

double whole(std::string_view digits, std::string_view where) {
  if (digits.size() <= 15 && !digits.empty()) {
    std::int64_t value = 0;
    bool ascii = true;
    for (const char c : digits) {
      ascii = ascii && c >= '0' && c <= '9';
      value = value * 10 + (c - '0');
    }
    if (ascii) return static_cast<double>(value);
  }
  try {
    return as_float(read_integer(digits), where);
  } catch (const Unreadable& fault) {
    throw Unreadable{fault.type, fault.cause, where};
  }
}

double divided(double length, double divisor, std::string_view where) {
  if (divisor == 0) throw Unreadable{"ZeroDivisionError", "a length divided by 0", where};
  return length / divisor;
}

/// A length without a digit before its first slash, or with more than digits, a slash and digits.
/// Quirk::free_length_is_a_quarter.
double shorthand_length(std::string_view number, double unit, std::string_view where) {
  if (number == "/") return unit * 0.5;
  if (number == "//") return unit * 0.25;
  if (number == "///") return unit * 0.125;
  const auto slash = number.find('/');
  if (slash == 0) {
    const std::string_view rest = number.substr(1);
    return divided(unit, whole(rest.substr(0, rest.find('/')), where), where);
  }
  const double multiple = whole(number.substr(0, slash), where);
  if (number.back() == '/') return unit * multiple / 2;
  const auto second = number.find('/', slash + 1);
  if (second != std::string_view::npos) {
    if (number.find('/', second + 1) == std::string_view::npos) return 1;  // 1/2/3 is a quarter note, whatever the unit
    throw Unreadable{"ValueError", "a length with three slashes", where};
  }
  return divided(unit * multiple, whole(number.substr(slash + 1), where), where);
}

/// All digits and slashes of a note: a piece of it, or `scattered` filled with them where other signs stand between them.
std::string_view number_in(std::string_view note, std::string& scattered) {
  const auto belongs = [](const Character& c) { return c.traits.is_digit() || c.is('/'); };
  std::size_t begin = note.size(), end = note.size();
  for (std::size_t at = 0; at < note.size();) {
    const Character c = first_character(note.substr(at));
    if (belongs(c) && begin == note.size()) begin = at;
    if (belongs(c) && end != note.size()) {
      if (scattered.empty()) scattered = note.substr(begin, end - begin);
      scattered += note.substr(at, c.bytes);
    }
    if (!belongs(c) && begin != note.size() && end == note.size()) end = at;
    at += c.bytes;
  }
  return scattered.empty() ? note.substr(begin, end - begin) : std::string_view(scattered);
}

}  // namespace

double length_of(std::string_view note, double unit) {
  std::string scattered;
  const std::string_view number = number_in(note, scattered);
  if (number.empty()) return unit;
  return number.find('/') == std::string_view::npos ? unit * whole(number, note) : shorthand_length(number, unit, note);
}

}  // namespace etude::music
