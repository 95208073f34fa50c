#include "literals.hpp"

#include <charconv>
#include <cmath>
#include <cstdlib>
#include <etude/error.hpp>
#include <limits>

#include "characters.hpp"
#include "unreadable.hpp"

namespace etude::music {

namespace {

constexpr std::size_t digit_limit = 4300;  // Python's sys.int_max_str_digits

std::string excerpt(std::string_view text) { return std::string(text.substr(0, 40)); }

/// `text` with decimal digits of all scripts as ASCII, other characters beyond ASCII as '?', and without the underscores that
/// stand between two digits (any other underscore stays, and makes the number invalid).
std::string plain_digits(std::string_view text) {
  std::string plain;
  bool after_digit = false, underscore = false;
  while (!text.empty()) {
    const Character c = first_character(text);
    text.remove_prefix(c.bytes);
    if (c.is('_') && after_digit && !underscore) {
      underscore = true;
      continue;
    }
    if (underscore && !c.traits.is_decimal()) plain += '_';
    underscore = false;
    after_digit = c.traits.is_decimal();
    plain += after_digit ? static_cast<char>('0' + decimal_value(c.value)) : c.value < 0x80 ? static_cast<char>(c.value) : '?';
  }
  if (underscore) plain += '_';
  return plain;
}

}  // namespace

long double Integer::value() const {
  const long double size = digits.empty() ? 0 : std::strtold(digits.c_str(), nullptr);
  return negative ? -size : size;
}

std::strong_ordering Integer::operator<=>(const Integer& other) const {
  if (negative != other.negative) return other.negative <=> negative;
  const auto size =
      digits.size() != other.digits.size() ? digits.size() <=> other.digits.size() : digits.compare(other.digits) <=> 0;
  return negative ? 0 <=> size : size;
}

Integer read_integer(std::string_view text) {
  const auto invalid = [&] { return Unreadable{"ValueError", etude::text("not a whole number: '", excerpt(text), "'"), text}; };
  std::string plain = plain_digits(stripped(text));
  Integer number;
  std::size_t begin = 0;
  if (!plain.empty() && (plain[0] == '-' || plain[0] == '+')) number.negative = plain[begin++] == '-';
  if (begin == plain.size() || plain.find_first_not_of("0123456789", begin) != std::string::npos) throw invalid();
  if (plain.size() - begin > digit_limit) throw Unreadable{"ValueError", "a number of more than 4,300 digits", text};
  const auto first = plain.find_first_not_of('0', begin);
  if (first != std::string::npos) number.digits = plain.substr(first);
  if (number.digits.empty()) number.negative = false;
  return number;
}

double read_float(std::string_view text) {
  const auto invalid = [&] { return Unreadable{"ValueError", etude::text("not a number: '", excerpt(text), "'"), text}; };
  std::string plain = plain_digits(stripped(text));
  std::string_view rest = plain;
  const bool negative = !rest.empty() && rest.front() == '-';
  if (!rest.empty() && (rest.front() == '-' || rest.front() == '+')) rest.remove_prefix(1);
  std::string lower(rest);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  if (lower == "nan") return std::numeric_limits<double>::quiet_NaN();
  double value = std::numeric_limits<double>::infinity();
  if (lower != "inf" && lower != "infinity") {
    if (lower.find_first_not_of("0123456789.e+-") != std::string::npos ||
        lower.find_first_of("0123456789") == std::string::npos || lower.front() == 'e' || lower.front() == '-' ||
        lower.front() == '+')
      throw invalid();
    const auto [end, fault] = std::from_chars(lower.data(), lower.data() + lower.size(), value);
    if (end != lower.data() + lower.size()) throw invalid();
    if (fault == std::errc::result_out_of_range)
      value = std::strtod(lower.c_str(), nullptr);  // infinite, or nearly 0
    else if (fault != std::errc())
      throw invalid();
  }
  return negative ? -value : value;
}

double as_float(const Integer& number, std::string_view where) {
  const auto value = static_cast<double>(number.value());
  if (std::isinf(value)) throw Unreadable{"OverflowError", "a number too large for a length", where};
  return value;
}

}  // namespace etude::music
