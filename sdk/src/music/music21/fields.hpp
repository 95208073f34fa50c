// What fields say: meter, unit length, key, clef, tempo.
#pragma once

#include <etude/music/score.hpp>
#include <optional>
#include <string_view>

namespace etude::music {

/// M: as "6/8", "C", "C|"; nothing for "none".
/// @throws Unreadable what is no meter
std::optional<Meter> read_meter(std::string_view value);

/// Whether the beats of a meter divide in three.
bool is_compound(const Meter& meter);

/// L: as "1/8": quarter notes of a note without length.
/// @throws Unreadable what is no length
double read_unit(std::string_view value);

/// The same where only a meter is given: sixteenths below 3/4, else eighths.
double unit_of(const std::optional<Meter>& meter);

/// K: the key that the field begins with. Whatever is none is C major, as music21 has it.
/// @throws Unreadable "PitchException" for "hP" or "hp", the pipes' keys in the wrong case
Key read_key(std::string_view value);

/// K: the clef that the field names, if it names one of those that music21 knows.
std::optional<Clef> read_clef(std::string_view value);

/// Q: as "120", "1/4=120", "\"Allegro\" 1/4=120".
/// @throws Unreadable where the numbers are none
Tempo read_tempo(std::string_view value);

}  // namespace etude::music
