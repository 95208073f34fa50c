// A model's text as the tune that is judged.
#pragma once

#include <etude/api.hpp>
#include <etude/music/checks.hpp>
#include <string_view>

namespace etude::music {

/// What is judged of a text.
struct CutTune {
  /// From the first `X:` to the first line behind it that is empty or white space; empty without an `X:`. Nothing is mended.
  std::string_view text;
  /// Whole if such a line ends it. Else the text may have been cut off by its number of tokens.
  Extent extent = Extent::cut_off;
};

/// The tune lives as long as the text.
ETUDE_API CutTune cut_tune(std::string_view text);

}  // namespace etude::music
