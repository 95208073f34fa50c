// What is heard of a MIDI file, for tests: its notes without the tempo changes.
#pragma once

#include <etude/music/midi.hpp>
#include <string>
#include <vector>

namespace heard_notes {

using etude::music::MidiNote;

inline std::vector<MidiNote> notes_of(const std::string& midi) {
  std::vector<MidiNote> notes;
  for (const MidiNote& each : etude::music::read_midi_notes(midi)) {
    if (each.pitch != MidiNote::tempo) notes.push_back(each);
  }
  return notes;
}

inline std::vector<std::int64_t> pitches_of(const std::string& midi) {
  std::vector<std::int64_t> pitches;
  for (const MidiNote& each : notes_of(midi)) pitches.push_back(each.pitch);
  return pitches;
}

}  // namespace heard_notes
