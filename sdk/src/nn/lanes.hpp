// Floats that are computed together, and functions of them, for loops under vectorized(). Files that use them are compiled with
// -ffp-contract=fast (a product and a sum are one instruction) and -Wno-psabi (nothing here is called across files).
#pragma once

#include <cstring>

#include "vectorized.hpp"

#define ETUDE_LANES ETUDE_INLINE inline

namespace etude::nn {

/// What registers of 512, 256 and 128 bits hold. Where they are narrower than a type, it would go through memory.
using Lanes16 = float __attribute__((vector_size(64)));
using Lanes8 = float __attribute__((vector_size(32)));
using Lanes4 = float __attribute__((vector_size(16)));

template <class Lanes>
inline constexpr std::int64_t kLanes = sizeof(Lanes) / sizeof(float);

template <class Lanes>
ETUDE_LANES Lanes load(const float* from) {
  Lanes lanes;
  std::memcpy(&lanes, from, sizeof lanes);
  return lanes;
}
template <class Lanes>
ETUDE_LANES void store(float* to, Lanes lanes) {
  std::memcpy(to, &lanes, sizeof lanes);
}

template <class Lanes>
ETUDE_LANES Lanes absolute(Lanes x) {
  return x < 0.0f ? -x : x;
}

template <class Lanes>
ETUDE_LANES float sum_of(Lanes x) {
  float sum = 0;
  for (int lane = 0; lane < kLanes<Lanes>; ++lane) sum += x[lane];
  return sum;
}

/// e^x for x <= 0: exponential() of vectorized.hpp.
template <class Lanes>
ETUDE_LANES Lanes exponential_lanes(Lanes x) {
  using Integers = decltype(x < x);  // as wide as floats
  x = x < -87.0f ? Lanes{} - 87.0f : x;
  const Lanes n = (x * 1.44269504088896341f + 12582912.0f) - 12582912.0f;
  const Lanes r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  Lanes p = r * 1.9875691500e-4f + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const Integers exponent = (__builtin_convertvector(n, Integers) + 127) << 23;
  Lanes power;
  std::memcpy(&power, &exponent, sizeof power);
  return p * power;
}

/// 1 / (1 + e^-x)
template <class Lanes>
ETUDE_LANES Lanes sigmoid(Lanes x) {
  const Lanes e = exponential_lanes(-absolute(x)), small = e / (e + 1.0f);
  return x < 0.0f ? small : 1.0f - small;
}

template <class Lanes>
ETUDE_LANES Lanes hyperbolic_tangent(Lanes x) {
  const Lanes e = exponential_lanes(-2.0f * absolute(x)), magnitude = (1.0f - e) / (1.0f + e);
  return x < 0.0f ? -magnitude : magnitude;
}

/// x * P(a standard normal number is below x), the error function by Abramowitz & Stegun 7.1.26 (to 1.5e-7).
template <class Lanes>
ETUDE_LANES Lanes gelu(Lanes x) {
  const Lanes z = absolute(x) * 0.70710678118654752f, t = 1.0f / (z * 0.3275911f + 1.0f);
  Lanes p = t * 1.061405429f - 1.453152027f;
  p = p * t + 1.421413741f;
  p = p * t - 0.284496736f;
  p = p * t + 0.254829592f;
  const Lanes half_tail = p * t * exponential_lanes(-z * z) * 0.5f;
  return x * (x < 0.0f ? half_tail : 1.0f - half_tail);
}

/// Runs body.operator()<Lanes>(), a lambda marked ETUDE_INLINE, with the widest lanes that the machine computes at once.
template <class Body>
void with_lanes(const Body& body) {
  if (has_wide_vectors())
    vectorized([&]() ETUDE_INLINE { body.template operator()<Lanes16>(); });
  else if (has_vectors())
    vectorized([&]() ETUDE_INLINE { body.template operator()<Lanes8>(); });
  else
    vectorized([&]() ETUDE_INLINE { body.template operator()<Lanes4>(); });
}

}  // namespace etude::nn
