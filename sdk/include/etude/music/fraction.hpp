// Exact lengths and places in a score, in quarter notes.
#pragma once

#include <compare>
#include <cstdint>
#include <etude/api.hpp>
#include <numeric>
#include <string>

namespace etude::music {

/// A rational number in lowest terms with a positive denominator. Sums, differences, products and quotients are exact as long as
/// they fit in 64 bits over 64 bits; beyond that they are the nearest fraction that does fit, and beyond 2^62 they stay there. No
/// operation traps; what is divided by zero is zero.
class ETUDE_API Fraction {
 public:
  /// Fractions that come from binary floating point have denominators up to this.
  static constexpr std::int64_t denominator_limit = 65535;

  constexpr Fraction() = default;
  constexpr Fraction(std::int64_t whole) : numerator_(whole) {}  // NOLINT: a whole number is a fraction
  Fraction(std::int64_t numerator, std::int64_t denominator);

  /// `value` itself if its denominator is at most `denominator_limit`, else the nearest fraction of which that is true.
  static Fraction nearest(double value);

  constexpr std::int64_t numerator() const { return numerator_; }
  constexpr std::int64_t denominator() const { return denominator_; }
  double value() const { return static_cast<double>(numerator_) / static_cast<double>(denominator_); }
  /// Whether binary floating point holds it exactly.
  constexpr bool dyadic() const { return (denominator_ & (denominator_ - 1)) == 0; }
  constexpr bool zero() const { return numerator_ == 0; }
  constexpr bool negative() const { return numerator_ < 0; }

  friend ETUDE_API Fraction operator+(const Fraction& a, const Fraction& b);
  friend ETUDE_API Fraction operator-(const Fraction& a, const Fraction& b);
  friend ETUDE_API Fraction operator*(const Fraction& a, const Fraction& b);
  friend ETUDE_API Fraction operator/(const Fraction& a, const Fraction& b);
  Fraction& operator+=(const Fraction& other) { return *this = *this + other; }
  Fraction& operator-=(const Fraction& other) { return *this = *this - other; }
  friend constexpr bool operator==(const Fraction&, const Fraction&) = default;
  friend ETUDE_API std::strong_ordering operator<=>(const Fraction& a, const Fraction& b);

  /// "3/8", or "2" where it is whole.
  std::string text() const;

 private:
  /// Whether products of two such are far from the end of 64 bits.
  constexpr bool small() const {
    constexpr std::int64_t limit = std::int64_t{1} << 30;
    return numerator_ < limit && numerator_ > -limit && denominator_ < limit;
  }

  std::int64_t numerator_ = 0;
  std::int64_t denominator_ = 1;
};

}  // namespace etude::music
