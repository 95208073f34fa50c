// What music21 makes of ABC that the standard does not say, one by one. src/music/README.md lists them for readers; a test holds
// that page and this table together, and that each example is read differently by the two readings.
#pragma once

#include <cstdint>
#include <etude/api.hpp>
#include <span>
#include <string_view>

namespace etude::music {

enum class Quirk : std::uint8_t {
  any_letter_is_a_note,
  header_is_optional,
  field_anywhere,
  inline_field_is_a_chord,
  unit_must_be_known,
  unit_of_g,
  meter_by_digits,
  uncountable_meter,
  key_is_a_prefix,
  pipes_in_wrong_case,
  last_clef_moves_by_octaves,
  accidentals_hold_for_one_note,
  minus_is_flat,
  mixed_accidentals_fail,
  free_length_is_a_quarter,
  tuplet_of_one_value,
  tie_joins_neighbours,
  chord_forgets_signs,
  quotes_hide_a_chord,
  text_is_a_chord_symbol,
  fingering_drops_the_note,
  pickup_digits_of_endings,
  two_bar_lines_make_measures,
  number_of_the_first_measure,
  late_field_counts_for_its_bar,
  voice_by_digit,
  each_voice_field_is_a_part,
  tunes_by_number,
  shared_meter,
  moved_barline,
};

struct QuirkEntry {
  Quirk quirk;
  std::string_view name;
  std::string_view music21;   ///< what music21 9.9.1 does
  std::string_view standard;  ///< what ABC 2.1 says
  std::string_view example;   ///< a short text where it shows
};

/// All quirks, in the order of the enumeration.
ETUDE_API std::span<const QuirkEntry> quirks();

}  // namespace etude::music
