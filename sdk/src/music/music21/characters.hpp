// Characters as Python's str methods class them, for that is how music21 does.
#pragma once

#include <array>
#include <cstdint>
#include <etude/unicode.hpp>
#include <span>
#include <string_view>

namespace etude::music {

/// Answers of str.isalpha, isdigit, isdecimal, isnumeric, isupper and isspace, one bit each.
struct Traits {
  static constexpr std::uint8_t alpha = 1, digit = 2, decimal = 4, numeric = 8, upper = 16, space = 32;
  std::uint8_t bits = 0;

  constexpr bool is_alpha() const { return (bits & alpha) != 0; }
  constexpr bool is_digit() const { return (bits & digit) != 0; }  ///< superscripts too; int() takes only decimals
  constexpr bool is_decimal() const { return (bits & decimal) != 0; }
  constexpr bool is_alphanumeric() const { return (bits & (alpha | digit | decimal | numeric)) != 0; }
  constexpr bool is_upper() const { return (bits & upper) != 0; }
  constexpr bool is_space() const { return (bits & space) != 0; }
};

/// Characters from first to last: `even` holds for the first, third, ..., `odd` for those between. Decimal digits begin with 0.
struct CharacterRange {
  char32_t first, last;
  std::uint8_t even, odd;
};
std::span<const CharacterRange> character_ranges();

/// A character of a text, or a byte that begins none (which has no traits).
struct Character {
  char32_t value = 0;
  std::uint8_t bytes = 1;
  Traits traits;

  constexpr bool is(char c) const { return value == static_cast<unsigned char>(c) && bytes == 1 && value < 0x80; }
};

namespace detail {

constexpr std::array<Traits, 128> ascii_traits() {
  std::array<Traits, 128> table{};
  for (std::uint8_t c = 0; c < 128; ++c) {
    const bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z', decimal = c >= '0' && c <= '9';
    if (upper || lower) table[c].bits |= Traits::alpha;
    if (upper) table[c].bits |= Traits::upper;
    if (decimal) table[c].bits |= Traits::digit | Traits::decimal | Traits::numeric;
    if (is_white_space(c)) table[c].bits |= Traits::space;
  }
  return table;
}
inline constexpr auto ascii = ascii_traits();

Character beyond_ascii(std::string_view text);

}  // namespace detail

/// What `text`, which is not empty, begins with.
inline Character first_character(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1, detail::ascii[lead]};
  return detail::beyond_ascii(text);
}

/// 0 to 9 of a decimal digit of any script.
int decimal_value(char32_t digit);

}  // namespace etude::music
