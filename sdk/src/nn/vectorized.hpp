// Loops compiled for the vector units of the machine that runs them.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>
#include <etude/random.hpp>

#define ETUDE_INLINE __attribute__((always_inline))

namespace etude::nn {

#if defined(__x86_64__)
template <class Body>
__attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,prefer-vector-width=512"))) void run_avx512(const Body& body) {
  body();
}
template <class Body>
__attribute__((target("avx2,fma"))) void run_avx2(const Body& body) {
  body();
}
#endif

/// Whether vectorized() computes with registers of 512 bits.
inline bool has_wide_vectors() {
#if defined(__x86_64__)
  static const bool avx512 =
      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
  return avx512;
#else
  return false;
#endif
}

/// With those of 256 bits.
inline bool has_vectors() {
#if defined(__x86_64__)
  static const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  return avx2;
#else
  return false;
#endif
}

/// Runs body(), a lambda marked ETUDE_INLINE, in the copy that the compiler made for the widest vectors available.
/// Multiplications and additions are contracted only in files that ask for it (lanes.hpp), so elsewhere elementwise results do
/// not depend on the copy.
template <class Body>
void vectorized(const Body& body) {
#if defined(__x86_64__)
  if (has_wide_vectors()) return run_avx512(body);
  if (has_vectors()) return run_avx2(body);
#endif
  body();
}

/// 32 random bits for an element: its index in the row goes through two multiply-and-shift rounds (the constants are those of
/// C. Wellons's lowbias32), each with half of the row's key, so that two rows share no run of values at any offset.
ETUDE_INLINE inline std::uint32_t element_bits(std::uint32_t key_low, std::uint32_t key_high, std::uint32_t element) {
  std::uint32_t x = element * 0x9e3779b9u + key_low;
  x = (x ^ (x >> 16)) * 0x7feb352du;
  x ^= key_high;
  x = (x ^ (x >> 15)) * 0x846ca68bu;
  return x ^ (x >> 16);
}

/// e^x for x <= 0, to about one unit in the last place; a loop over it vectorizes, over std::exp it doesn't.
ETUDE_INLINE inline float exponential(float x) {
  x = x < -87.0f ? -87.0f : x;
  const float shift = 12582912.0f;  // 1.5 * 2^23: adding it rounds to an integer
  const float n = (x * 1.44269504088896341f + shift) - shift;
  const float r = (x - n * 0.693359375f) - n * -2.12194440e-4f;
  // Cephes' expf: a polynomial on |r| <= ln 2 / 2.
  float p = 1.9875691500e-4f;
  p = p * r + 1.3981999507e-3f;
  p = p * r + 8.3334519073e-3f;
  p = p * r + 4.1665795894e-2f;
  p = p * r + 1.6666665459e-1f;
  p = p * r + 5.0000001201e-1f;
  p = p * r * r + r + 1.0f;
  const std::int32_t exponent = (static_cast<std::int32_t>(n) + 127) << 23;
  float power;
  std::memcpy(&power, &exponent, sizeof power);
  return p * power;
}
inline double exponential(double x) { return std::exp(x); }

}  // namespace etude::nn
