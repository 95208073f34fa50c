// Is a text music that others can open?
#pragma once

#include <etude/music/abc.hpp>
#include <optional>

namespace etude::music {

/// What became of a text on its way to a MIDI file.
struct Verdict {
  std::optional<Score> score;       ///< if it parses
  std::string parse_error;          ///< else why not, with line and column
  std::optional<std::string> midi;  ///< the bytes of the file, if it exports
  std::string midi_error;           ///< why not; empty if it does not even parse
  bool parses() const { return score.has_value(); }
  bool exports() const { return midi.has_value(); }
};

/// Reads a text and writes it as MIDI. Never throws for what the text says.
ETUDE_API Verdict judge_abc(std::string_view text, Reading reading);

}  // namespace etude::music
