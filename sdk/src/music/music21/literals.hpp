// Numbers in texts, as Python's int() and float() read them.
#pragma once

#include <compare>
#include <string>
#include <string_view>

namespace etude::music {

/// A whole number of any size.
struct Integer {
  bool negative = false;
  std::string digits;  ///< ASCII, without leading zeros; empty for 0

  /// The nearest number that a long double holds: up to 10^4300 all are finite.
  long double value() const;
  bool zero() const { return digits.empty(); }
  std::strong_ordering operator<=>(const Integer& other) const;
  bool operator==(const Integer& other) const = default;
};

/// int(text): white space around it, a sign, decimal digits of any script with single underscores between them; at most 4,300.
/// @throws Unreadable "ValueError"
Integer read_integer(std::string_view text);

/// float(text): the same for numbers with a point or an exponent, "inf", "infinity" and "nan". Too large a number is infinite.
/// @throws Unreadable "ValueError"
double read_float(std::string_view text);

/// What Python makes of a whole number where it meets a float.
/// @throws Unreadable "OverflowError"
double as_float(const Integer& number, std::string_view where);

}  // namespace etude::music
