// The meter that a measure without one seems to have.
#pragma once

#include <etude/music/score.hpp>
#include <optional>

namespace etude::music {

/// What music21 takes for the meter of a measure from what it holds: its length counted in its shortest note, and for three
/// quarters and six quarters the division whose strong beats the notes fall on.
/// @return nothing where music21 finds none
std::optional<Meter> guess_meter(const Measure& measure);

/// Whether music21 can divide such a bar into beats: beats shorter than a 128th only if there is one, or groups of three of them.
bool can_be_a_meter(const Meter& meter);

}  // namespace etude::music
