// Random numbers as a function of what they are for, not of what was drawn before.
#pragma once

#include <cstdint>

namespace etude {

/// What a number is drawn for; part of its key, so that streams with equal seeds never coincide.
enum class Purpose : std::uint64_t {
  initialisation = 1,
  data = 2,
  dropout = 3,
  sampling = 4,
  bootstrap = 5,
  split = 6,
  probe = 7
};

/// The finalizer of SplitMix64 (Steele, Lea & Flood, 2014): a bijection in which every input bit reaches every output bit.
constexpr std::uint64_t mix_bits(std::uint64_t x) {
  x += 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

/// 64 random bits of (seed, purpose, step, row). Interruption, gradient accumulation and parallel work all see the same.
constexpr std::uint64_t random_bits(std::uint64_t seed, Purpose purpose, std::int64_t step, std::int64_t row) {
  std::uint64_t bits = mix_bits(seed);
  bits = mix_bits(bits ^ static_cast<std::uint64_t>(purpose));
  bits = mix_bits(bits ^ static_cast<std::uint64_t>(step));
  return mix_bits(bits ^ static_cast<std::uint64_t>(row));
}

/// Uniform in [0, bound), bound > 0; the bias of the multiplication method is below bound / 2^64.
constexpr std::uint64_t random_below(std::uint64_t bits, std::uint64_t bound) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(bits) * bound) >> 64);
}

/// Uniform in [0, 1) with 53 bits.
constexpr double random_unit(std::uint64_t bits) { return static_cast<double>(bits >> 11) * 0x1.0p-53; }

}  // namespace etude
