// Why a text is no score, thrown where that is found and given a line and a column by read_abc.
#pragma once

#include <string>
#include <string_view>

namespace etude::music {

struct Unreadable {
  /// The class of the fault, by the name that Python or music21 gives it: "ValueError".
  std::string_view type;
  std::string cause;
  std::string_view where;  ///< a piece of the text; null where the fault has no place

  bool is_index_error() const { return type == "IndexError"; }
};

}  // namespace etude::music
