// What a K: field does to the notes of a tune.
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace metric_music {

constexpr bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// 0 for C to 6 for B, or -1.
constexpr int step_of(char c) {
  const char upper = c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c;
  return upper < 'A' || upper > 'G' ? -1 : (upper - 'C' + 7) % 7;
}

/// Semitones by which the key raises each step, C first.
using Alterations = std::array<int, 7>;

/// The text without white space at its ends.
std::string_view trimmed(std::string_view text);

/// Of a K: field: tonic, mode, and signs of its own as in "D mix ^g". What is no key alters nothing.
Alterations key_of(std::string_view field);

}  // namespace metric_music
