// A model's text as the tune that is judged.
#pragma once

#include <etude/music/checks.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace metric_music {

/// What is judged of a text.
struct CutTune {
  /// From the first `X:` to the first line behind it that is empty or white space; empty without an `X:`. Nothing is mended.
  std::string_view text;
  /// Whole if such a line ends it. Else the text may have been cut off by its number of tokens.
  etude::music::Extent extent = etude::music::Extent::cut_off;
};

CutTune cut_tune(std::string_view text);

/// Of all samples.
std::vector<CutTune> cut_tunes(const std::vector<std::string>& texts);

/// Why a text is no music, as a reader or writer of music said it: the place and the cause, without "no ABC: ".
std::string reason_of(const std::string& message);

/// What stands in the verdict of a text without a tune.
inline constexpr const char* no_tune = "it has no X: field";

}  // namespace metric_music
