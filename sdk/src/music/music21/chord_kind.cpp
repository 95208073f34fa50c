#include "chord_kind.hpp"

#include <algorithm>

namespace etude::music {

namespace {

/// The kinds that music21 9.9.1 knows, in its order: of kinds with one abbreviation the first is meant. It counts only some of
/// them as sevenths, ninths and so on.
const std::vector<ChordKind>& kinds() {
  static const std::vector<ChordKind> all{
      {{"1", "3", "5"}, {"", "M", "maj"}, Stack::triad},                               // major
      {{"1", "-3", "5"}, {"m", "min"}, Stack::triad},                                  // minor
      {{"1", "3", "#5"}, {"+", "aug"}, Stack::triad},                                  // augmented
      {{"1", "-3", "-5"}, {"dim", "o"}, Stack::triad},                                 // diminished
      {{"1", "3", "5", "-7"}, {"7", "dom7"}, Stack::seventh},                          // dominant-seventh
      {{"1", "3", "5", "7"}, {"maj7", "M7"}, Stack::seventh},                          // major-seventh
      {{"1", "-3", "5", "7"}, {"mM7", "m#7", "minmaj7"}, Stack::triad},                // minor-major-seventh
      {{"1", "-3", "5", "-7"}, {"m7", "min7"}, Stack::seventh},                        // minor-seventh
      {{"1", "3", "#5", "7"}, {"+M7", "augmaj7"}, Stack::triad},                       // augmented-major-seventh
      {{"1", "3", "#5", "-7"}, {"7+", "+7", "aug7"}, Stack::seventh},                  // augmented-seventh
      {{"1", "-3", "-5", "-7"}, {"ø7", "m7b5"}, Stack::triad},                         // half-diminished-seventh
      {{"1", "-3", "-5", "--7"}, {"o7", "dim7"}, Stack::seventh},                      // diminished-seventh
      {{"1", "3", "-5", "-7"}, {"dom7dim5"}, Stack::triad},                            // seventh-flat-five
      {{"1", "3", "5", "6"}, {"6"}, Stack::triad},                                     // major-sixth
      {{"1", "-3", "5", "6"}, {"m6", "min6"}, Stack::triad},                           // minor-sixth
      {{"1", "3", "5", "7", "9"}, {"M9", "Maj9"}, Stack::ninth},                       // major-ninth
      {{"1", "3", "5", "-7", "9"}, {"9", "dom9"}, Stack::ninth},                       // dominant-ninth
      {{"1", "-3", "5", "7", "9"}, {"mM9", "minmaj9"}, Stack::triad},                  // minor-major-ninth
      {{"1", "-3", "5", "-7", "9"}, {"m9", "min9"}, Stack::ninth},                     // minor-ninth
      {{"1", "3", "#5", "7", "9"}, {"+M9", "augmaj9"}, Stack::triad},                  // augmented-major-ninth
      {{"1", "3", "#5", "-7", "9"}, {"9#5", "+9", "aug9"}, Stack::triad},              // augmented-dominant-ninth
      {{"1", "-3", "-5", "-7", "9"}, {"ø9"}, Stack::triad},                            // half-diminished-ninth
      {{"1", "-3", "-5", "-7", "-9"}, {"øb9"}, Stack::triad},                          // half-diminished-minor-ninth
      {{"1", "-3", "-5", "--7", "9"}, {"o9", "dim9"}, Stack::triad},                   // diminished-ninth
      {{"1", "-3", "-5", "--7", "-9"}, {"ob9", "dimb9"}, Stack::triad},                // diminished-minor-ninth
      {{"1", "3", "5", "-7", "9", "11"}, {"11", "dom11"}, Stack::eleventh},            // dominant-11th
      {{"1", "3", "5", "7", "9", "11"}, {"M11", "Maj11"}, Stack::eleventh},            // major-11th
      {{"1", "-3", "5", "7", "9", "11"}, {"mM11", "minmaj11"}, Stack::triad},          // minor-major-11th
      {{"1", "-3", "5", "-7", "9", "11"}, {"m11", "min11"}, Stack::eleventh},          // minor-11th
      {{"1", "3", "#5", "7", "9", "11"}, {"+M11", "augmaj11"}, Stack::triad},          // augmented-major-11th
      {{"1", "3", "#5", "-7", "9", "11"}, {"+11", "aug11"}, Stack::triad},             // augmented-11th
      {{"1", "-3", "-5", "-7", "9", "11"}, {"ø11"}, Stack::triad},                     // half-diminished-11th
      {{"1", "-3", "-5", "--7", "9", "11"}, {"o11", "dim11"}, Stack::triad},           // diminished-11th
      {{"1", "3", "5", "7", "9", "11", "13"}, {"M13", "Maj13"}, Stack::thirteenth},    // major-13th
      {{"1", "3", "5", "-7", "9", "11", "13"}, {"13", "dom13"}, Stack::thirteenth},    // dominant-13th
      {{"1", "-3", "5", "7", "9", "11", "13"}, {"mM13", "minmaj13"}, Stack::triad},    // minor-major-13th
      {{"1", "-3", "5", "-7", "9", "11", "13"}, {"m13", "min13"}, Stack::thirteenth},  // minor-13th
      {{"1", "3", "#5", "7", "9", "11", "13"}, {"+M13", "augmaj13"}, Stack::triad},    // augmented-major-13th
      {{"1", "3", "#5", "-7", "9", "11", "13"}, {"+13", "aug13"}, Stack::triad},       // augmented-dominant-13th
      {{"1", "-3", "-5", "-7", "9", "11", "13"}, {"ø13"}, Stack::triad},               // half-diminished-13th
      {{"1", "2", "5"}, {"sus2"}, Stack::triad},                                       // suspended-second
      {{"1", "4", "5"}, {"sus", "sus4"}, Stack::triad},                                // suspended-fourth
      {{"1", "4", "5", "-7"}, {"7sus", "7sus4"}, Stack::triad},                        // suspended-fourth-seventh
      {{"1", "-2", "3", "-5"}, {"N6"}, Stack::seventh},                                // Neapolitan
      {{"1", "#4", "-6"}, {"It+6", "It"}, Stack::seventh},                             // Italian
      {{"1", "2", "#4", "-6"}, {"Fr+6", "Fr"}, Stack::seventh},                        // French
      {{"1", "-3", "#4", "-6"}, {"Gr+6", "Ger"}, Stack::seventh},                      // German
      {{"1"}, {"pedal"}, Stack::single},                                               // pedal
      {{"1", "5"}, {"power"}, Stack::triad},                                           // power
      {{"1", "#4", "#6", "#9"}, {"tristan"}, Stack::seventh},                          // Tristan
  };
  return all;
}

}  // namespace

const ChordKind* find_chord_kind(std::string_view abbreviation) {
  for (const ChordKind& kind : kinds()) {
    if (std::find(kind.abbreviations.begin(), kind.abbreviations.end(), abbreviation) != kind.abbreviations.end()) return &kind;
  }
  return nullptr;
}

}  // namespace etude::music
