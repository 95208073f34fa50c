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

/// @param word          1 to 15 bytes
/// @param end_of_text   up to which bytes behind the word may be read
inline ShortWord short_word(std::string_view word, const char* end_of_text) {
  static_assert(std::endian::native == std::endian::little, "the first byte is the lowest");
  ShortWord key;
  if (end_of_text - word.data() >= 16) {
    std::memcpy(&key.low, word.data(), 8);
    std::memcpy(&key.high, word.data() + 8, 8);
    const unsigned bits = 8 * static_cast<unsigned>(word.size());
    if (bits < 64) {
      key.low &= (std::uint64_t{1} << bits) - 1;
      key.high = 0;
    } else {
      key.high &= (std::uint64_t{1} << (bits - 64)) - 1;
    }
  } else {
    std::memcpy(&key.low, word.data(), word.size() < 8 ? word.size() : 8);
    if (word.size() > 8) std::memcpy(&key.high, word.data() + 8, word.size() - 8);
  }
  key.high |= static_cast<std::uint64_t>(word.size()) << 56;
  return key;
}

}  // namespace etude::bpe
