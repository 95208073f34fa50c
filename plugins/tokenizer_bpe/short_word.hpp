// Pretokens of up to 15 bytes in two machine words: nearly all that occur, quick to hash and to compare.
#pragma once

#include <bit>
#include <cstdint>
#include <cstring>
#include <etude/random.hpp>
#include <string_view>

namespace etude::bpe {

struct ShortWord {
  static constexpr std::size_t max_size = 15;

  std::uint64_t low = 0;   ///< bytes 0 to 7
  std::uint64_t high = 0;  ///< bytes 8 to 14, and the size as the last
  bool operator==(const ShortWord&) const = default;

  std::size_t size() const { return high >> 56; }
  bool empty() const { return high == 0; }
  std::uint64_t hash() const { return mix_bits(low ^ high * 0x9e3779b97f4a7c15u); }
  /// The word itself; it lives as long as this object.
  std::string_view bytes() const { return {reinterpret_cast<const char*>(this), size()}; }
};

/// @param word  1 to 15 bytes, read in pieces that overlap and never reach beyond it
inline ShortWord short_word(std::string_view word) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  const char* const bytes = word.data();
  const std::size_t size = word.size();
  const auto load = [&](auto piece, std::size_t at) {
    std::memcpy(&piece, bytes + at, sizeof piece);
    return std::uint64_t{piece};
  };
  ShortWord key;
  if (size < 4) {
    key.low = load(std::uint8_t{}, 0) | load(std::uint8_t{}, size / 2) << 8 * (size / 2) |
              load(std::uint8_t{}, size - 1) << 8 * (size - 1);
  } else if (size < 8) {
    key.low = load(std::uint32_t{}, 0) | load(std::uint32_t{}, size - 4) << 8 * (size - 4);
  } else {
    key.low = load(std::uint64_t{}, 0);
    if (size > 8) key.high = load(std::uint64_t{}, size - 8) >> 8 * (16 - size);
  }
  key.high |= std::uint64_t{size} << 56;
  return key;
}

}  // namespace etude::bpe
