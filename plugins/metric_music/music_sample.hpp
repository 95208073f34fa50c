// A model's texts as the tunes that are judged, and what is said of them.
#pragma once

#include <etude/music/cut_tune.hpp>
#include <string>
#include <vector>

namespace metric_music {

using etude::music::cut_tune;
using etude::music::CutTune;

/// Of all samples.
std::vector<CutTune> cut_tunes(const std::vector<std::string>& texts);

/// Why a text is no music, as a reader or writer of music said it: the place and the cause, without "no ABC: ".
std::string reason_of(const std::string& message);

/// What stands in the verdict of a text without a tune.
inline constexpr const char* no_tune = "it has no X: field";

}  // namespace metric_music
