// Which measures are played, in order: repeats and endings written out as music21 does it.
#pragma once

#include <cstddef>
#include <etude/music/score.hpp>
#include <vector>

namespace etude::music {

/// A measure of a part, as it is played.
struct PlayedMeasure {
  std::size_t measure = 0;  ///< index in Part::measures
  bool copied = false;      ///< played within a repeat: it shares no meter object with other measures
  Barline left = Barline::none, right = Barline::none;
};

/// The measures of a part with all repeats written out.
///
/// Repeats nest, so a short text may ask for more music than fits in a computer: what it takes beyond `allowance` measures and
/// elements, which is counted down, is refused.
/// @throws MidiExportError where music21 finds repeats or endings malformed, or the allowance is spent
std::vector<PlayedMeasure> play_repeats(const Part& part, std::size_t& allowance);

/// Whether `play_repeats` changed anything: a part without repeat signs keeps its measures and their offsets.
bool has_repeats(const Part& part);

}  // namespace etude::music
