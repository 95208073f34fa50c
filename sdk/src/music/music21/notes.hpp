// One note: its letter, alteration, octave and length.
#pragma once

#include <etude/music/score.hpp>
#include <optional>
#include <string_view>

#include "scanner.hpp"

namespace etude::music {

/// A pitch as it is spelled: not every spelling is a pitch.
struct Spelling {
  char step = 'C';
  Accidental accidental;
  int octave = 4;
  bool floating = false;  ///< see Pitch
};

/// How the note is spelled; nothing if it is a rest. Without accidental, `carried` holds, else what `key` says.
/// @param key  sharps (flats are negative), if there is one
std::optional<Spelling> spell(std::string_view note, const Accidental& carried, std::optional<int> key);

/// @throws Unreadable "AccidentalException"
Pitch pitch_of(const Spelling& spelling, std::string_view where);

/// Quarter notes that the digits and slashes in `note` say.
/// @param unit  quarter notes of a note without length
/// @throws Unreadable where they are no number
double length_of(std::string_view note, double unit);

/// How a duration can be written.
enum class Notation : std::uint8_t {
  nothing,  ///< it is no longer than nothing
  single,   ///< one note, dotted or as part of a tuplet if need be
  several,  ///< notes tied together
  inexpressible
};
Notation notation_of(const Fraction& quarters);

}  // namespace etude::music
