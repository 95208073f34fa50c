#include <algorithm>
#include <bit>
#include <cmath>
#include <etude/music/fraction.hpp>
#include <limits>

namespace etude::music {

namespace {

__extension__ using Wide = __int128;

constexpr Wide magnitude(Wide value) { return value < 0 ? -value : value; }

Wide greatest_common_divisor(Wide a, Wide b) {
  while (b != 0) {
    const Wide rest = a % b;
    a = b;
    b = rest;
  }
  return a;
}

/// The numerator over the denominator in lowest terms, halved on both sides until they fit.
struct Reduced {
  Reduced(Wide n, Wide d) {
    constexpr Wide limit = Wide{1} << 62;
    if (d == 0) return;
    if (d < 0) n = -n, d = -d;
    const Wide divisor = greatest_common_divisor(magnitude(n), d);
    n /= divisor, d /= divisor;
    while (d > limit || (magnitude(n) > limit && d > 1)) n /= 2, d = d / 2 + d % 2;
    if (magnitude(n) > limit) n = n < 0 ? -limit : limit;
    if (d > 1) {
      const Wide rest = greatest_common_divisor(magnitude(n), d);
      n /= rest, d /= rest;
    }
    numerator = static_cast<std::int64_t>(n);
    denominator = static_cast<std::int64_t>(d);
  }
  std::int64_t numerator = 0, denominator = 1;
};

Fraction fraction(Wide numerator, Wide denominator) {
  const Reduced reduced(numerator, denominator);
  return Fraction(reduced.numerator, reduced.denominator);
}

/// The fraction nearest to n / d (both positive, in lowest terms) of those with denominators up to the limit: the last convergent
/// of its continued fraction, or the last semiconvergent, whichever is nearer.
Fraction limited(Wide n, Wide d) {
  constexpr Wide limit = Fraction::denominator_limit;
  if (d <= limit) return {static_cast<std::int64_t>(n), static_cast<std::int64_t>(d)};
  Wide p0 = 0, q0 = 1, p1 = 1, q1 = 0;
  for (Wide a = n, b = d; q0 + a / b * q1 <= limit;) {
    const Wide quotient = a / b;
    const Wide p2 = p0 + quotient * p1, q2 = q0 + quotient * q1;
    p0 = p1, q0 = q1, p1 = p2, q1 = q2;
    const Wide rest = a - quotient * b;
    a = b, b = rest;
  }
  const Wide steps = (limit - q0) / q1;
  const Wide p2 = p0 + steps * p1, q2 = q0 + steps * q1;
  const bool semiconvergent = magnitude(p2 * d - n * q2) * q1 < magnitude(p1 * d - n * q1) * q2;
  return semiconvergent ? Fraction(static_cast<std::int64_t>(p2), static_cast<std::int64_t>(q2))
                        : Fraction(static_cast<std::int64_t>(p1), static_cast<std::int64_t>(q1));
}

}  // namespace

Fraction::Fraction(std::int64_t numerator, std::int64_t denominator) {
  // The smallest number has no magnitude in 64 bits.
  const bool smallest = numerator == std::numeric_limits<std::int64_t>::min();
  if (denominator == 1 && !smallest) {
    numerator_ = numerator;
  } else if (denominator > 1 && !smallest && (denominator & (denominator - 1)) == 0) {
    const int shift = std::min(numerator == 0 ? 63 : std::countr_zero(static_cast<std::uint64_t>(numerator)),
                               std::countr_zero(static_cast<std::uint64_t>(denominator)));
    numerator_ = numerator >> shift, denominator_ = denominator >> shift;
  } else if (denominator > 1 && !smallest && std::gcd(numerator, denominator) == 1) {
    numerator_ = numerator, denominator_ = denominator;
  } else {
    const Reduced reduced(numerator, denominator);
    numerator_ = reduced.numerator, denominator_ = reduced.denominator;
  }
}

Fraction Fraction::nearest(double value) {
  constexpr double largest = 4611686018427387904.0;  // 2^62
  const double scaled = value * 32768;
  if (std::fabs(scaled) < 9007199254740992.0 && scaled == std::trunc(scaled)) return {static_cast<std::int64_t>(scaled), 32768};
  const double size = std::fabs(value);
  if (!(size >= 1.0 / (1 << 18))) return 0;  // also what is no number: nearer to 0 than to 1/65535
  if (size >= largest) return value < 0 ? -(std::int64_t{1} << 62) : std::int64_t{1} << 62;
  int exponent = 0;
  const auto mantissa = static_cast<std::int64_t>(std::ldexp(std::frexp(size, &exponent), 53));
  const Wide n = exponent > 53 ? Wide{mantissa} << (exponent - 53) : Wide{mantissa};
  const Wide d = exponent > 53 ? Wide{1} : Wide{1} << (53 - exponent);
  const Wide divisor = greatest_common_divisor(n, d);
  const Fraction result = limited(n / divisor, d / divisor);
  return value < 0 ? Fraction(-result.numerator_, result.denominator_) : result;
}

Fraction operator+(const Fraction& a, const Fraction& b) {
  if (a.small() && b.small())
    return {a.numerator_ * b.denominator_ + b.numerator_ * a.denominator_, a.denominator_ * b.denominator_};
  return fraction(Wide{a.numerator_} * b.denominator_ + Wide{b.numerator_} * a.denominator_,
                  Wide{a.denominator_} * b.denominator_);
}

Fraction operator-(const Fraction& a, const Fraction& b) {
  if (a.small() && b.small())
    return {a.numerator_ * b.denominator_ - b.numerator_ * a.denominator_, a.denominator_ * b.denominator_};
  return fraction(Wide{a.numerator_} * b.denominator_ - Wide{b.numerator_} * a.denominator_,
                  Wide{a.denominator_} * b.denominator_);
}

Fraction operator*(const Fraction& a, const Fraction& b) {
  if (a.small() && b.small()) return {a.numerator_ * b.numerator_, a.denominator_ * b.denominator_};
  return fraction(Wide{a.numerator_} * b.numerator_, Wide{a.denominator_} * b.denominator_);
}

Fraction operator/(const Fraction& a, const Fraction& b) {
  if (a.small() && b.small()) return {a.numerator_ * b.denominator_, a.denominator_ * b.numerator_};
  return fraction(Wide{a.numerator_} * b.denominator_, Wide{a.denominator_} * b.numerator_);
}

std::strong_ordering operator<=>(const Fraction& a, const Fraction& b) {
  if (a.small() && b.small()) return a.numerator_ * b.denominator_ <=> b.numerator_ * a.denominator_;
  return Wide{a.numerator_} * b.denominator_ <=> Wide{b.numerator_} * a.denominator_;
}

std::string Fraction::text() const {
  return denominator_ == 1 ? std::to_string(numerator_) : std::to_string(numerator_) + "/" + std::to_string(denominator_);
}

}  // namespace etude::music
