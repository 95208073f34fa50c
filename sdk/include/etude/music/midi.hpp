// Score -> Standard MIDI File, and back to a list of notes.
#pragma once

#include <cstdint>
#include <etude/error.hpp>
#include <etude/music/score.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace etude::music {

/// Ticks a quarter note in the files written here, as in music21's.
inline constexpr std::int64_t ticks_per_quarter = 10080;

/// Why a score cannot be written as MIDI: overfull bars, malformed repeats, ...
class ETUDE_API MidiExportError : public Error {
 public:
  using Error::Error;
  ~MidiExportError() override;
};

/// The bytes of the file (format 1) that music21 9.9.1 writes for this score: repeats expanded, ties merged, a conductor track
/// with tempo, meter and key first. May be called by any number of threads at once.
/// @throws MidiExportError where music21's export fails
ETUDE_API std::string write_midi(const Score& score);

/// A note as it sounds, or a tempo change.
struct MidiNote {
  static constexpr std::int64_t tempo = -1;  ///< the pitch of a tempo change

  std::int64_t onset = 0;     ///< ticks
  std::int64_t pitch = 0;     ///< 0..127, or `tempo`
  std::int64_t duration = 0;  ///< ticks; of a tempo change: microseconds a quarter note

  auto operator<=>(const MidiNote&) const = default;
};

/// Notes and tempo changes of all tracks of a MIDI file, sorted. A note-off ends the oldest note of its pitch and channel that
/// still sounds in its track; a note that is never ended is left out.
/// @throws Error if the bytes are no whole MIDI file
ETUDE_API std::vector<MidiNote> read_midi_notes(std::string_view file);

}  // namespace etude::music
