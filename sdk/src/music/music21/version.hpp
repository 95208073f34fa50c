// What a text says of the version of ABC that it is in, and of accidentals.
#pragma once

#include <optional>
#include <string_view>

#include "scanner.hpp"

namespace etude::music {

/// Whether "%abc-2.0" or later stands within the first 100 characters.
bool declares_version_2(std::string_view text);

/// How far accidentals hold if `line`, which begins with %%, is the directive that says so.
std::optional<Propagation> propagation_directive(std::string_view line);

}  // namespace etude::music
