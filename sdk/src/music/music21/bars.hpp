// Which tokens of a part stand between which bar lines.
#pragma once

#include <optional>
#include <vector>

#include "scanner.hpp"

namespace etude::music {

/// Tokens of a part, by their numbers in the piece.
using TokenList = std::vector<std::uint32_t>;

struct BarSpan {
  TokenList tokens;
  std::optional<Bar> left, right;
  bool has_events = false;
};

/// The bars of a part; one span with everything where music21 makes no measures: with fewer than two plain bar lines, or notes in
/// only one bar.
std::vector<BarSpan> split_into_bars(const std::vector<Token>& tokens, const TokenList& part);

}  // namespace etude::music
