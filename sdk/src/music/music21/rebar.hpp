// Overfull measures, as music21's reader of ABC treats them, and transposition.
#pragma once

#include <etude/music/score.hpp>

namespace etude::music {

/// Splits measures that last longer than their meter: what runs over becomes a measure of its own with a meter guessed from what
/// it holds, and the next measure goes back to the meter before it (the same object: see Quirk::shared_meter). A measure is split
/// once only. Leaves off at the first measure that cannot be treated so, as music21 does; what ran over from it is lost.
void rebar(Part& part);

/// Moves every pitch by octaves.
void transpose(Part& part, int octaves);

}  // namespace etude::music
