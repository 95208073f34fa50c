// A line of music into voices.
#pragma once

#include "scanner.hpp"
#include "voice.hpp"

namespace etude::music::strict {

/// What a line of music asks of its tune.
class MusicTarget {
 public:
  virtual ~MusicTarget() = default;
  /// The voice that music goes to now; it may change with each field.
  virtual VoiceBuilder& voice() = 0;
  /// A field between brackets: its letter, and what stands behind the colon.
  virtual void inline_field(char tag, const Place& value) = 0;
};

/// Reads a line of music into a tune.
void read_music(const Place& line, const Signs& signs, MusicTarget& target);

}  // namespace etude::music::strict
