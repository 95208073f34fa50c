// What the music library promises of any score and of any MIDI file that it writes. A broken promise ends the process: a finding.
#pragma once

#include <cstdlib>
#include <etude/music/checks.hpp>
#include <etude/music/midi.hpp>
#include <iostream>
#include <string>
#include <string_view>

namespace etude::music {

inline void require(bool holds, std::string_view promise) {
  if (holds) return;
  std::cerr << "broken promise: " << promise << '\n';
  std::abort();
}

/// What `write_midi` writes is a file with notes that MIDI has.
inline void require_readable(const std::string& midi) {
  try {
    for (const MidiNote& note : read_midi_notes(midi))
      require(note.onset >= 0 && note.duration >= 0 && note.pitch >= MidiNote::tempo && note.pitch <= 127,
              "notes are within MIDI's range");
  } catch (const etude::Error& error) {
    require(false, std::string("what is written can be read: ") + error.what());
  }
}

/// Checks and counts take any score.
inline void look_over(const Score& score) {
  for (const Extent extent : {Extent::whole, Extent::cut_off}) {
    unfilled_bars(score, extent);
    unequal_voices(score, extent);
  }
  count_voices(score);
  count_notes(score);
  count_measures(score);
}

}  // namespace etude::music
