// What a chord symbol stands for.
#pragma once

#include <etude/music/score.hpp>
#include <optional>
#include <string_view>
#include <vector>

namespace etude::music {

/// The pitches of a chord symbol such as "Am7/G" or "B-7", flats written as '-', in the order in which music21 sounds them: close
/// position between A1 and D4, above the bass if one is named.
/// @return nothing if the text is no chord symbol and is to be left out; no pitches for symbols that stand for silence
/// @throws Unreadable where music21 fails to read a tune with such a symbol
std::optional<std::vector<Pitch>> chord_symbol_pitches(std::string_view text);

}  // namespace etude::music
