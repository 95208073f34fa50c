// What a musician sees at a glance in a score: do its bars add up, do its voices end together, is there anything in it?
#pragma once

#include <cstddef>
#include <etude/music/score.hpp>
#include <string>
#include <vector>

namespace etude::music {

/// Something wrong in a score, and where it stands.
struct Finding {
  std::size_t tune = 0;  ///< index in Score::tunes
  std::size_t part = 0;  ///< index in Tune::parts
  int measure = 0;       ///< its number; of voices of unequal length, that of the voice's last measure
  std::string text;      ///< "bar 3 of voice 2 is 7/8 long, its meter 4/4 wants 1" (in whole notes)
};

/// Whether a text ends where its author ended it, or where a sample of fixed length was cut off. Of a text cut off, the last
/// voice may be shorter than the others, and its last bar, if no bar line ends it, need not be full.
enum class Extent { whole, cut_off };

/// Bars that do not hold what their meter asks for, by what is written between bar lines. Meant for scores of the strict reading:
/// the reading `music21` splits overfull bars as music21 does, so that there is nothing left to find.
///
/// A bar longer than its meter is always wrong. A shorter one is right
/// - if it is the first of its voice (an upbeat),
/// - or if it stands at the edge of a section and one of its partners completes it: the two together are one full bar.
///
/// Edges are the beginning and the end of a voice, every sign other than a plain or dotted bar line, and the beginnings of
/// endings. A bar before an edge has as partners the bar behind the edge, the first of its section, the first of what is
/// repeated, and, at the end of the voice, the first of the voice; a bar that begins a second or later ending has
/// the one before the first ending in place of the one before it. Partnership is mutual. Grace notes take no time, a
/// multi-measure rest stands for its number of bars, each layer of a measure must fill it, bars in free meter are always right,
/// and one in which the meter changes may fill either meter. Linear in the size of the score.
ETUDE_API std::vector<Finding> unfilled_bars(const Score& score, Extent extent = Extent::whole);

/// Voices whose length, as written, is not that of the longest voice of their tune.
ETUDE_API std::vector<Finding> unequal_voices(const Score& score, Extent extent = Extent::whole);

/// Length of a voice as written, in quarter notes: its measures one after the other, or where its last loose element ends.
ETUDE_API Fraction length_of(const Part& part);

/// Voices of the tune that has most. A voice counts if it holds a note, chord or rest.
ETUDE_API std::size_t count_voices(const Score& score);

/// Notes that are struck, as written, in all voices: each of a chord, grace notes too, tied ones once.
ETUDE_API std::size_t count_notes(const Score& score);

/// Measures as written, in all voices; a multi-measure rest counts as many as it stands for.
ETUDE_API std::int64_t count_measures(const Score& score);

}  // namespace etude::music
