// The parts of a chord symbol's text.
#pragma once

#include <cstdint>
#include <etude/music/score.hpp>
#include <optional>
#include <string_view>
#include <vector>

#include "chord_kind.hpp"

namespace etude::music {

/// A degree added to a chord, taken from it, or altered by semitones.
struct ChordChange {
  enum class How : std::uint8_t { add, subtract, alter };
  How how = How::add;
  int degree = 1;
  int semitones = 0;

  bool operator==(const ChordChange&) const = default;
};

/// "F#m7b5/C": root, kind, changes, bass.
struct ChordText {
  std::optional<Pitch> root, bass;  ///< octaves mean nothing
  const ChordKind* kind = nullptr;  ///< null if degrees alone are given, as in "C69"
  std::vector<ChordChange> changes;
};

/// @return nothing if the text is no chord symbol
/// @throws Unreadable where music21 fails over it, rather than leave it out
std::optional<ChordText> read_chord_text(std::string_view text);

}  // namespace etude::music
