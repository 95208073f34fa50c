// Tempi that only words give.
#pragma once

#include <optional>
#include <string_view>

namespace etude::music {

/// Beats a minute that music21 takes for words such as "Andantino" or "Allegro ma non troppo": those of the words as a whole, or
/// of the last word that is known.
std::optional<double> beats_a_minute(std::string_view words);

}  // namespace etude::music
