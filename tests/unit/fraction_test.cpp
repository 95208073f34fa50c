// Exact lengths.
#include <etude/music/fraction.hpp>
#include <limits>

#include "catch.hpp"

using etude::music::Fraction;

TEST_CASE("Fractions are in lowest terms with a positive denominator") {
  CHECK(Fraction(6, -8).text() == "-3/4");
  CHECK(Fraction(0, 5).text() == "0");
  CHECK(Fraction(24, 8).text() == "3");
}

TEST_CASE("Thirds add up exactly") { CHECK(Fraction(1, 3) + Fraction(1, 3) + Fraction(1, 3) == 1); }

TEST_CASE("The nearest fraction to a number is that of a continued fraction") {
  CHECK(Fraction::nearest(0.1) == Fraction(1, 10));
  CHECK(Fraction::nearest(2.0 / 3) == Fraction(2, 3));
  CHECK(Fraction::nearest(3.141592653589793) == Fraction(104348, 33215));  // Python: Fraction(math.pi).limit_denominator(65535)
  CHECK(Fraction::nearest(-0.75) == Fraction(-3, 4));
  CHECK(Fraction::nearest(1e-9) == 0);
}

TEST_CASE("What does not fit in 64 bits stays at the end of them") {
  const Fraction huge = Fraction::nearest(1e300);
  CHECK(huge + huge == huge);
  CHECK(huge * huge == huge);
  CHECK(huge > Fraction(std::numeric_limits<int>::max()));
  CHECK(Fraction(1) / 0 == 0);
}

TEST_CASE("Fractions are ordered by their value") {
  CHECK(Fraction(1, 3) < Fraction(34, 100));
  CHECK(Fraction(-1, 2) < Fraction(-1, 3));
  CHECK(Fraction(1'000'000'007, 1'000'000'009) < 1);
}
