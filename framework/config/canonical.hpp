// One text for equal values: what run ids and fingerprints are digests of.
#pragma once

#include <etude/value.hpp>
#include <string>

namespace etude {

/// JSON without spaces, keys sorted by their bytes, numbers with the fewest digits that read back the same. An integer and a
/// floating-point number of the same value have the same text. Infinities and NaN become strings.
std::string canonical_json(const Value& value);

}  // namespace etude
