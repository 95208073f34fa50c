// Text for people: how wide it is on a terminal, and numbers with readable units. None of it depends on the locale.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace etude {

/// Columns that UTF-8 text takes on a terminal: two for East Asian wide characters and emoji, none for combining marks and for
/// the escape sequences of colours.
std::size_t display_width(std::string_view text);

/// The longest beginning of `text` that is at most `width` columns wide; if something is cut away it ends in "...".
std::string cut(std::string_view text, std::size_t width);

/// `value` with `digits` after the point, "nan" or "inf".
std::string fixed(double value, int digits);
/// "37 %" of a share.
std::string percent_text(double share);
/// "3.4 %", "0.012 %", "98 %" of a share: two digits that count; none is "0 %", all of it "100 %".
std::string share_text(double share);
/// The shortest text that reads back as exactly `value`: for CSV and JSON.
std::string shortest(double value);

/// "950", "45.1 k", "1.23 M", "7.00 G": three significant digits.
std::string count_text(double count);
/// "1 note", "2 notes".
std::string counted(std::int64_t count, const char* noun);
/// "812 MiB", "1.23 GiB".
std::string bytes_text(double bytes);
/// "0.8 s", "13 s", "2 m 13 s", "1 h 02 m", "3 d 04 h".
std::string duration_text(double seconds);

}  // namespace etude
