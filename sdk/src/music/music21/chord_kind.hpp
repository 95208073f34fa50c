// The kinds of chords that chord symbols name.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

namespace etude::music {

/// How far a kind of chord is stacked: what decides which of its notes may be the bass.
enum class Stack : std::uint8_t { triad, seventh, ninth, eleventh, thirteenth, single };

struct ChordKind {
  std::vector<std::string_view> degrees;        ///< steps above the root, altered by '#' and '-': "1", "-3", "5"
  std::vector<std::string_view> abbreviations;  ///< as written behind the root
  Stack stack = Stack::triad;
};

/// The kind with this abbreviation, or null. An empty one is a major triad.
const ChordKind* find_chord_kind(std::string_view abbreviation);

}  // namespace etude::music
