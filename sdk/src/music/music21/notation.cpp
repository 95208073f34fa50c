// Which durations a single note stands for, by the search that music21 makes.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>

#include "notes.hpp"

namespace etude::music {

namespace {

// Note values go from 2048th notes to what lasts 64 quarters.
const Fraction shortest(1, 512);
const Fraction longest(64);

bool is_value(const Fraction& quarters) {
  const auto power_of_two = [](std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; };
  return power_of_two(quarters.numerator()) && power_of_two(quarters.denominator()) && quarters >= shortest &&
         quarters <= longest;
}

/// A value with up to four dots.
bool is_dotted_value(const Fraction& quarters) {
  for (std::int64_t half = 1; half <= 16; half *= 2)
    if (is_value(quarters * Fraction(half, 2 * half - 1))) return true;
  return false;
}

/// A value in a tuplet of 3, 5, 7, 11 or 13, with one dot or none.
bool is_tuplet_value(const Fraction& quarters) {
  for (const std::int64_t actual : {3, 5, 7, 11, 13}) {
    for (std::int64_t normal = 1; normal < actual; ++normal) {
      const Fraction value = quarters * Fraction(actual, normal);
      if (is_value(value) || is_value(value * Fraction(2, 3))) return true;
    }
  }
  return false;
}

/// The longest value shorter than `quarters`.
std::optional<Fraction> value_below(const Fraction& quarters) {
  if (quarters > longest * 2) return longest;
  for (Fraction value = longest; value >= shortest; value = value / 2)
    if (value < quarters && quarters < value * 2) return value;
  return std::nullopt;
}

/// Whether up to eight values and then one with dots make it up.
bool is_sum_of_values(const Fraction& quarters, const Fraction& first) {
  Fraction rest = quarters - first;
  for (int i = 0; i < 8; ++i) {
    if (is_dotted_value(rest)) return true;
    const auto value = value_below(rest);
    if (!value) return false;
    rest -= *value;
  }
  return false;
}

/// Whether it is one value in a tuplet of any kind, found by the nearest fraction to its inverse.
bool is_giant_tuplet_value(const Fraction& quarters) {
  Fraction inverse = Fraction::nearest(1 / quarters.value());
  if (inverse.zero()) return false;
  while (inverse < 1) inverse = inverse * 2;
  while (inverse > 2) inverse = inverse / 2;
  const Fraction part = quarters / inverse.denominator();
  return is_value(part) || value_below(part).has_value();
}

}  // namespace

Notation notation_of(const Fraction& quarters) {
  if (quarters <= 0) return Notation::nothing;
  if (is_dotted_value(quarters)) return Notation::single;
  const auto below = value_below(quarters);
  if (!below || *below == longest) return Notation::inexpressible;
  if (is_tuplet_value(quarters)) return Notation::single;
  if (is_sum_of_values(quarters, *below)) return Notation::several;
  return is_giant_tuplet_value(quarters) ? Notation::single : Notation::inexpressible;
}

}  // namespace etude::music
