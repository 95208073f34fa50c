// A text as lines, and what kind of line the ABC standard 2.1 says each is.
#pragma once

#include <cstdint>
#include <string_view>

#include "fault.hpp"

namespace etude::music::strict {

enum class LineKind { blank, comment, directive, field, other };

/// One line, without its end.
struct StrictLine {
  LineKind kind = LineKind::blank;
  Place place;   ///< its first byte
  char tag = 0;  ///< of a field
  Place value;   ///< what stands behind the colon of a field or the %% of a directive, trimmed and without a comment
  std::string_view text() const { return place.text; }
  std::string_view words() const { return value.text.substr(value.at); }
};

/// The lines of a text, one after the other. A line ends with a line feed, a carriage return, or both.
class StrictLines {
 public:
  explicit StrictLines(std::string_view text);
  bool next(StrictLine& line);

 private:
  std::string_view rest_;
  std::int64_t number_ = 0;
};

}  // namespace etude::music::strict
