// Tokens of one voice -> a part of the score.
#pragma once

#include "bars.hpp"
#include "context.hpp"

namespace etude::music {

/// Builds a part, re-barred and transposed by its clef. Articulations of its notes are used up: a note that stands in several
/// parts (before the first V:) has them in the first only.
/// @throws Unreadable where a pitch, a length or a chord symbol is none
Part build_part(Piece& piece, const TokenList& tokens);

}  // namespace etude::music
