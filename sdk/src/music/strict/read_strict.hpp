// The reading `strict`: what the ABC standard 2.1 defines, and nothing else.
#pragma once

#include <etude/music/abc.hpp>
#include <string_view>

namespace etude::music {

/// @throws AbcError if the text is no ABC 2.1
Score read_strict(std::string_view text);

}  // namespace etude::music
