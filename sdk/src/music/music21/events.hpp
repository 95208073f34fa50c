// The pitches and lengths of all notes of a piece.
#pragma once

#include "context.hpp"

namespace etude::music {

/// Fills in Event::length and spellings.
/// @throws Unreadable where a chord is not closed or a length is no number
void read_events(Piece& piece);

}  // namespace etude::music
