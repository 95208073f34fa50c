// Values of fields as the ABC standard 2.1 writes them. Each function takes what stands behind the colon, without its comment,
// and rejects what the standard does not define, with the place of the fault.
#pragma once

#include <array>
#include <etude/music/score.hpp>
#include <optional>
#include <string>

#include "fault.hpp"

namespace etude::music::strict {

/// M: a meter, or null for free meter ("none").
MeterPointer parse_meter(const Place& value);

/// L: the unit note length, in quarter notes.
Fraction parse_unit_length(const Place& value);

/// The unit note length where no L: gives one: a sixteenth in meters shorter than 3/4, else an eighth.
Fraction default_unit_length(const Meter* meter);

/// Q: a tempo. `unit` is the unit note length, for the old forms Q:120 and Q:C3=40.
Tempo parse_tempo(const Place& value, const Fraction& unit);

/// Properties of a voice, which K: may give as well.
struct VoiceProperties {
  std::optional<Clef> clef;
  std::optional<int> clef_octaves;  ///< treble-8: -1
  std::optional<int> octaves;       ///< octave=
  std::optional<int> semitones;     ///< transpose=
};

/// K: a key, and what else stands there.
struct KeyValue {
  bool given = false;              ///< false where the field has properties only, as K:clef=bass
  Key key;                         ///< as the score has it: without explicit accidentals
  std::array<int, 7> alterations;  ///< of A to G, explicit accidentals included
  VoiceProperties properties;
};
KeyValue parse_key(const Place& value);

/// V: the name of a voice, and its properties.
struct VoiceValue {
  std::string name;
  VoiceProperties properties;
};
VoiceValue parse_voice(const Place& value);

/// U: a sign and the decoration that it stands for ("" for none of them).
struct UserSymbol {
  char sign = 0;
  std::string decoration;
};
UserSymbol parse_user_symbol(const Place& value);

}  // namespace etude::music::strict
