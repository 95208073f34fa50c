// Bytes to UTF-8, and text to lines, as the profiles need them: without a copy of what is in order, without memory for a line.
#pragma once

#include <string>
#include <string_view>

namespace dataset_music {

/// What becomes of bytes that are no UTF-8.
enum class Undecodable {
  dropped,   ///< as Python's errors="ignore"
  replaced,  ///< by U+FFFD, one for each longest beginning of a character, as Python's errors="replace" does it
  latin1     ///< none is dropped: the whole text is ISO 8859-1 then
};

/// `raw` itself if it is UTF-8, else a repaired copy in `buffer`.
std::string_view as_utf8(std::string_view raw, Undecodable undecodable, std::string& buffer);

/// Where lines end. None needs "\r\n" to be one end: the empty line between is dropped by every profile.
enum class LineEnds {
  newlines,  ///< \n and \r, as Python opens text files
  all        ///< also \v \f 0x1C 0x1D 0x1E U+0085 U+2028 U+2029, as Python's str.splitlines()
};

/// The first line of `rest`, without its end; takes both from `rest`, which is not empty and is UTF-8.
std::string_view take_line(std::string_view& rest, LineEnds ends);

/// The lines of `text` that are more than white space, without the white space around them, in order.
template <class Visit>
void for_each_stripped_line(std::string_view text, LineEnds ends, Visit&& visit);

}  // namespace dataset_music

#include <etude/unicode.hpp>

template <class Visit>
void dataset_music::for_each_stripped_line(std::string_view text, LineEnds ends, Visit&& visit) {
  while (!text.empty()) {
    const std::string_view line = etude::stripped(take_line(text, ends));
    if (!line.empty()) visit(line);
  }
}
