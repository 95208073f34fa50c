// What a line of ABC is, as far as cleaning by the profile `etude` needs to know. Lines are without white space around them.
#pragma once

#include <string_view>

namespace dataset_music {

/// The letter of an information field, "K" of "K:G", or '+' of a continuation; 0 for any other line. A note and a repeat bar
/// ("A:|", "z::") is music, although the standard would make it a field.
char field_letter(std::string_view line);

/// What stands behind the colon of a field, stripped.
std::string_view field_value(std::string_view field);

/// `line` without the comment at its end: from the first '%' that no backslash stands before. Stripped.
std::string_view without_comment(std::string_view line);

/// Whether the value of a Q: field is no tempo that music has: under 10 or over 1000 quarter notes a minute, or negative. What
/// names no number, "Allegro", is none of these. A number alone, the old form, counts quarter notes.
bool absurd_tempo(std::string_view value);

/// What stands in a line of music, texts in quotes and decorations aside.
struct MusicLine {
  bool notes = false;
  bool negative_length = false;  ///< "z/-2", "C-3": a length with a minus; a tie never stands before a digit
  bool absurd_tempo = false;     ///< in an inline field [Q:...]
};
MusicLine look_at_music(std::string_view line);

}  // namespace dataset_music
