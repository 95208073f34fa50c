// Standard MIDI files, moved up or down by semitones.
#pragma once

#include <string>

namespace dataset_music {

struct Transposed {
  std::string midi;
  std::string refused;  ///< why it cannot be; empty where it could
};

/// Moves the notes of all channels but 10, the drums: note on, note off, polyphonic pressure. Key signatures move along, since
/// midi2abc spells the notes by them: a tune in C that goes up by 3 comes out in E flat, not in C with flats at every turn. Every
/// other byte stays as it is.
/// Formats 0, 1 and 2, with any division; reads what is cut short or stands between chunks as midi2abc does. Refused: a note that
/// would leave 0..127, a file with no note to move, and one whose events cannot be followed to their end.
Transposed transpose(std::string midi, int semitones);

}  // namespace dataset_music
