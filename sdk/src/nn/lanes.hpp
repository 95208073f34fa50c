// Sixteen floats that are computed together, and functions of them, for loops under vectorized(). Files that use them are
// compiled with -ffp-contract=fast (a product and a sum are one instruction) and -Wno-psabi (nothing here is called across
// files).
#pragma once

#include <cstring>

#include "vectorized.hpp"

#define ETUDE_LANES ETUDE_INLINE inline

namespace etude::nn {

/// The compiler splits them into the registers that the machine has.
using Lanes = float __attribute__((vector_size(64)));
using LaneInts = std::int32_t __attribute__((vector_size(64)));

ETUDE_LANES Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}
ETUDE_LANES void store(float* to, Lanes lanes) { std::memcpy(to, &lanes, sizeof lanes); }

ETUDE_LANES Lanes absolute(Lanes x) { return x < 0.0f ? -x : x; }

/// e^x for x <= 0: exponential() of vectorized.hpp.
ETUDE_LANES Lanes exponential(Lanes x) {
  x = x < -87.0f ? Lanes{} - 87.0f : x;
  const Lanes n = (x * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
  const Lanes r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const LaneInts exponent = (__builtin_convertvector(n, LaneInts) + 127) << 23;
  Lanes power;
  std::memcpy(&power, &exponent, sizeof power);
  return p * power;
}

/// 1 / (1 + e^-x)
ETUDE_LANES Lanes sigmoid(Lanes x) {
  const Lanes e = exponential(-absolute(x)), small = e / (e + 1.0f);
  return x < 0.0f ? small : 1.0f - small;
}

ETUDE_LANES Lanes hyperbolic_tangent(Lanes x) {
  const Lanes e = exponential(-2.0f * absolute(x)), magnitude = (1.0f - e) / (1.0f + e);
  return x < 0.0f ? -magnitude : magnitude;
}

/// x * P(a standard normal number is below x), the error function by Abramowitz & Stegun 7.1.26 (to 1.5e-7).
ETUDE_LANES Lanes gelu(Lanes x) {
  const Lanes z = absolute(x) * 0.70710678118654752f, t = 1.0f / (z * 0.3275911f + 1.0f);
  Lanes p = t * 1.061405429f - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const Lanes half_tail = p * t * exponential(-z * z) * 0.5f;
  return x * (x < 0.0f ? half_tail : 1.0f - half_tail);
}

}  // namespace etude::nn
