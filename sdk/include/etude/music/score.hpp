// Music as it is written: tunes of parts of measures of notes. What a reader of ABC yields and a writer of MIDI takes.
#pragma once

#include <cstdint>
#include <etude/api.hpp>
#include <etude/music/fraction.hpp>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace etude::music {

/// A letter, an octave (middle C begins octave 4) and the alteration in semitones: c sharp is {'C', 5, 1}.
struct Pitch {
  char step = 'C';
  int octave = 4;
  int alteration = 0;
  bool natural = false;   ///< has a natural sign, written or carried from before: not the same spelling as none
  bool floating = false;  ///< names no octave: it stays where it is when its part is moved by octaves

  bool operator==(const Pitch&) const = default;
};

/// Which end of a tie a note is.
enum class Tie : std::uint8_t { none, start, both, stop };

/// Signs on a note or chord.
enum class Articulation : std::uint8_t { staccato, up_bow, down_bow, accent, strong_accent, tenuto };

/// A small set of articulations.
class Articulations {
 public:
  void add(Articulation which) { bits_ = static_cast<std::uint8_t>(bits_ | mask(which)); }
  bool has(Articulation which) const { return (bits_ & mask(which)) != 0; }
  bool empty() const { return bits_ == 0; }
  bool operator==(const Articulations&) const = default;

 private:
  static std::uint8_t mask(Articulation which) { return static_cast<std::uint8_t>(1U << static_cast<unsigned>(which)); }
  std::uint8_t bits_ = 0;
};

/// `actual` notes in the time of `normal`. Lengths in a score already include it.
struct Tuplet {
  std::int64_t actual = 3, normal = 2;

  bool operator==(const Tuplet&) const = default;
};

/// What notes, chords and rests share.
struct Event {
  Fraction length;  ///< quarter notes that it lasts, tuplet included; 0 for a grace note
  std::optional<Tuplet> tuplet;
  Tie tie = Tie::none;
  bool grace = false;
  Articulations articulations;
  std::vector<std::string> decorations;  ///< names of other signs, as "trill" of !trill!
};

struct Note : Event {
  Pitch pitch;
};
struct Chord : Event {
  std::vector<Pitch> pitches;  ///< at least one, in the order written
  std::vector<Tie> ties;       ///< of each pitch where they are not all tied alike (strict reading); then `tie` is none
};
struct Rest : Event {};

/// A chord symbol or annotation above what follows, as written between the quotes: "Am7". It takes no time.
struct ChordSymbol {
  std::string text;
  std::vector<Pitch> pitches;  ///< what it stands for, in close position; none where it says that there is no chord
};

/// A time signature. A score holds meters by shared pointers: two measures may share one meter object.
struct Meter {
  std::int64_t beats = 4, unit = 4;

  /// Length of a full bar in quarter notes.
  Fraction bar() const { return Fraction(beats) * Fraction(4, unit); }
  bool operator==(const Meter&) const = default;
};
using MeterPointer = std::shared_ptr<const Meter>;

/// A key signature: sharps (flats are negative) and the name of its mode ("major", "dorian", ...; empty where it has none).
struct Key {
  int sharps = 0;
  std::string mode;

  bool operator==(const Key&) const = default;
};

/// A tempo: words, or `number` beats a minute, or both. A beat is `beat` quarter notes long (one, where that isn't given).
struct Tempo {
  std::string text;
  std::optional<double> number;
  std::optional<double> beat;
};

enum class Clef : std::uint8_t { treble, treble_octave_below, bass };

using Item = std::variant<Note, Chord, Rest, ChordSymbol, Tempo, MeterPointer, Key, Clef>;

/// An item and its place in quarter notes from the start of what holds it (a measure, or a part).
struct Element {
  Fraction offset;
  Item item;
  int layer = 0;  ///< 0, or which of the layers laid over its measure (with &) it belongs to; the strict reading has them
};

/// Quarter notes that an element takes: 0 unless it is a note, chord or rest.
ETUDE_API Fraction length_of(const Element& element);

/// The sign at a side of a measure. `none` also stands for the plain line.
enum class Barline : std::uint8_t { none, dotted, double_line, final_line, heavy_light, repeat_start, repeat_end };

struct Measure {
  int number = 0;           ///< 0 for an upbeat
  Fraction offset;          ///< quarter notes from the start of the part
  Fraction missing_before;  ///< of an upbeat: how much of a full bar does not sound
  Barline left = Barline::none, right = Barline::none;
  MeterPointer meter;                 ///< null where it does not change
  bool unmeasured = false;            ///< in free meter (M:none, or none given), as the strict reading has it
  bool open = false;                  ///< no bar line ends it (the last of a voice), as the strict reading has it
  std::int64_t bars = 1;              ///< bars that it stands for: more than one for a multi-measure rest of the strict reading
  std::optional<Key> key;             ///< where it changes
  std::optional<Clef> clef;           ///< where it changes
  std::optional<std::size_t> ending;  ///< index in Part::endings of the bracket that this measure opens or closes
  std::vector<Element> elements;      ///< in the order written; within a layer later ones never begin earlier

  /// Where its last element ends, in quarter notes from its start.
  ETUDE_API Fraction length() const;
};

/// A bracket over measures: first ending, second ending.
struct Ending {
  int number = 1;
};

/// A slur or hairpin over notes of a part. Notes, chords and rests are counted from 0 in the order written.
struct Span {
  enum class Kind : std::uint8_t { slur, crescendo, diminuendo };
  Kind kind = Kind::slur;
  std::size_t first = 0;  ///< the first event under it
  std::size_t last = 0;   ///< one behind the last; where it is never closed, one behind the part's last
};

/// One voice. Either it has measures, and then `loose` holds what stands outside them, or all of it is loose.
struct Part {
  std::string name;               ///< what its V: field says; empty where there is none
  std::vector<Measure> measures;  ///< in order
  std::vector<Element> loose;     ///< at offsets from the start of the part, in the order in which they were put there
  std::vector<Ending> endings;
  std::vector<Span> spans;
};

/// A line of the header or an inline field, without its comment: {'T', "The Butterfly"}.
struct Field {
  char tag = 'T';
  std::string text;
};

struct Tune {
  std::vector<Field> fields;            ///< in the order written
  std::vector<std::string> directives;  ///< lines that begin with %%, without that sign: "MIDI program 41"
  std::vector<Part> parts;

  /// The text of the first field with this tag; empty where there is none.
  ETUDE_API std::string field(char tag) const;
};

/// A text of one tune, or a collection of tunes, each with its X: number.
struct Score {
  std::vector<Tune> tunes;
  bool collection = false;  ///< the text numbers more than one tune, even if fewer could be read
};

}  // namespace etude::music
