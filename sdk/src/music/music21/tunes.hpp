// A piece of one or more tunes -> a score.
#pragma once

#include "context.hpp"

namespace etude::music {

/// @throws Unreadable what keeps the text from being a score
Score build_score(Piece& piece);

}  // namespace etude::music
