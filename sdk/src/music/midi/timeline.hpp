// Everything that a part sounds, in order of time.
#pragma once

#include <cstdint>
#include <etude/music/score.hpp>
#include <vector>

namespace etude::music {

/// An element of a part at its place in the piece, repeats written out.
struct Placed {
  Fraction offset;  ///< quarter notes from the start of the piece
  Fraction length;  ///< quarter notes; of tied notes, of all of them together
  const Element* element = nullptr;
};

/// A meter, key or tempo at its place in the piece. A copy of a meter in a repeat is no longer the object that measures share.
template <class Sign>
struct PlacedSign {
  Fraction offset;
  const Sign* sign = nullptr;
  bool copied = false;
};

/// A part laid out in time.
struct Timeline {
  std::vector<Placed> notes;  ///< notes, chords, rests and chord symbols: at one time chord symbols first, then grace notes
  std::vector<PlacedSign<Tempo>> tempi;
  std::vector<PlacedSign<MeterPointer>> meters;
  std::vector<PlacedSign<Key>> keys;
};

/// Lays out a part. If `repeats`, its repeats are written out, for what `allowance` allows (see play_repeats).
/// @throws MidiExportError for malformed repeats, and for repeats of a part without measures
Timeline lay_out(const Part& part, bool repeats, std::size_t& allowance);

/// Joins notes that are tied: the first lasts as long as all of them, the others are left out.
void join_ties(std::vector<Placed>& notes);

}  // namespace etude::music
