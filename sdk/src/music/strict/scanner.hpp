// A line of music as the signs of the ABC standard 2.1.
#pragma once

#include <array>
#include <etude/music/fraction.hpp>
#include <etude/music/score.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "fault.hpp"

namespace etude::music::strict {

/// What U: fields and I: directives say about single signs. Index: the sign.
struct Signs {
  /// The decoration that a sign stands for; nothing where the sign means nothing.
  std::array<std::optional<std::string>, 128> decorations;
  bool exclamation_breaks_lines = false;  ///< I:linebreak !

  Signs();
};

enum class Sign {
  note,
  rest,
  measure_rest,   ///< Z, X
  spacer,         ///< y
  chord_begin,    ///< [
  chord_end,      ///< ] with the length behind it
  grace_begin,    ///< {
  grace_end,      ///< }
  tie,            ///< -
  slur_begin,     ///< (
  slur_end,       ///< )
  tuplet,         ///< (3:2:3
  broken_rhythm,  ///< > and <
  bar_line,
  ending,      ///< [1, or 1 right behind a bar line
  words,       ///< "Am"
  decoration,  ///< !trill!, T
  field,       ///< [K:G]
  overlay      ///< &
};

/// A sign of music. Which of the members below `place` are set depends on `sign`.
struct Token {
  Sign sign = Sign::note;
  Place place;
  char step = 'C';                                  ///< note
  int octave = 4;                                   ///< note: C is in octave 4, c in 5
  std::optional<int> alteration;                    ///< note: as written before it
  Fraction length{1};                               ///< note, rest, chord_end: times the unit note length
  std::int64_t count = 1;                           ///< measure_rest: bars. tuplet: p. broken_rhythm: dots, negative for <
  std::int64_t normal = 0, reach = 0;               ///< tuplet: q and r, 0 where they are not given
  Barline line = Barline::none;                     ///< bar_line: its shape, repeats aside
  bool ends_repeat = false, begins_repeat = false;  ///< bar_line
  bool spaced = false;                              ///< something that means nothing stands before it
  bool touches = false;                             ///< tie: stands right behind a note or chord
  char tag = 0;                                     ///< field
  std::string_view text;                            ///< words, field (without brackets and tag), ending
  std::string decoration;
  bool letter = false;  ///< decoration: a single sign, as T
};

/// Reads a line from left to right, in time that is linear in its length.
class MusicScanner {
 public:
  /// The line and the signs must outlive the scanner.
  MusicScanner(const Place& line, const Signs& signs) : place_(line), signs_(&signs) {}

  /// The next sign, or false at the end of the line.
  /// @throws AbcError for what is no music
  bool next(Token& token);

  const Place& place() const { return place_; }

 private:
  char peek(std::size_t ahead = 0) const {
    return place_.at + ahead < place_.text.size() ? place_.text[place_.at + ahead] : '\0';
  }
  bool done() const { return place_.at >= place_.text.size(); }

  void skip_blanks();
  void scan(Token& token);
  void scan_note(Token& token);
  void scan_rest(Token& token);
  void scan_bracket(Token& token);
  void scan_field(Token& token);
  void scan_parenthesis(Token& token);
  void scan_bar_line(Token& token);
  void scan_ending(Token& token);
  void scan_words(Token& token);
  void scan_dot(Token& token);
  void scan_decoration(Token& token, char delimiter);
  void scan_letter(Token& token);
  void scan_broken_rhythm(Token& token);
  bool at_bar_line() const;
  Fraction scan_length();
  std::int64_t scan_number(std::size_t digits, const char* what);

  Place place_;
  const Signs* signs_;
  std::size_t note_end_ = std::string_view::npos;  ///< where the last note or chord ended
  std::size_t bar_end_ = std::string_view::npos;   ///< where the last bar line ended
};

/// The digits, commas and hyphens of an ending: the smallest number in it.
int first_number(std::string_view ending);

}  // namespace etude::music::strict
