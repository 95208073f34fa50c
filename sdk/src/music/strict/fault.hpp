// Where something stands in a text, and how it is reported.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace etude::music::strict {

/// A byte of a line.
struct Place {
  std::int64_t line = 0;  ///< from 1
  std::string_view text;  ///< the whole line
  std::size_t at = 0;     ///< byte within it
};

/// Throws AbcError for this place.
[[noreturn]] void reject(const Place& place, std::string cause);

}  // namespace etude::music::strict
