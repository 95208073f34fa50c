// Text -> signs of music, in order. Nothing is judged yet but where one sign ends and the next begins.
#pragma once

#include <cstdint>
#include <etude/music/score.hpp>
#include <string_view>
#include <vector>

namespace etude::music {

enum class Sign : std::uint8_t {
  field,
  bar,
  tuplet,
  broken_rhythm,
  slur_start,
  crescendo_start,
  diminuendo_start,
  parenthesis_end,  ///< of a slur, tuplet or hairpin
  tie,
  articulation,
  grace_start,
  grace_end,
  note,  ///< or rest
  chord,
};

enum class Bar : std::uint8_t {
  plain,
  dotted,
  double_line,
  final_line,
  heavy_light,
  repeat_start,
  repeat_end,
  first_ending,
  second_ending
};

/// How often each sign of alteration stands before a note; more than 255 count as 255.
struct Accidental {
  std::uint8_t flats = 0, sharps = 0, naturals = 0;

  bool empty() const { return flats == 0 && sharps == 0 && naturals == 0; }
  void add(char sign) {
    auto& count = sign == '_' ? flats : sign == '^' ? sharps : naturals;
    if (count < 255) ++count;
  }
};

/// A sign and where it stands. Pieces of the text are counted in bytes.
struct Token {
  Sign sign = Sign::note;
  Bar bar = Bar::plain;
  Articulation articulation = Articulation::staccato;
  char tag = 0;        ///< of a field: its letter; 0 where that is none that a field has
  Accidental carried;  ///< of a note without accidental: that of an earlier note in its bar, if it holds for this one
  std::uint32_t begin = 0, length = 0;          ///< the sign; of a field: what follows the colon, without comment
  std::uint32_t symbol = 0, symbol_length = 0;  ///< of a note or chord: the first text in quotes before it
  bool has_symbol = false;
  std::uint32_t event = 0;  ///< of a note or chord: its number, see context.hpp

  std::string_view text(std::string_view whole) const { return whole.substr(begin, length); }
  bool is_event() const { return sign == Sign::note || sign == Sign::chord; }
  bool is_field(char letter) const { return sign == Sign::field && tag == letter; }
};

/// A line that begins with %%, without that sign, and the number of tokens before it.
struct Directive {
  std::size_t tokens_before = 0;
  std::string_view text;
};

/// How far an accidental holds.
enum class Propagation : std::uint8_t { none, octave, pitch };

/// The signs of one text.
struct Tokens {
  std::string_view text;
  std::vector<Token> tokens;
  std::vector<Directive> directives;
};

/// The longest text that is read.
inline constexpr std::size_t longest_text = (std::size_t{1} << 32) - 2;

/// All signs of a text.
/// @throws Unreadable where a sign is cut off by the end of the text
Tokens scan(std::string_view text);

/// The signs between the brackets of a chord, put behind `tokens`. Positions count from the start of `whole`, of which `inside`
/// is a piece.
void scan_chord(std::string_view whole, std::string_view inside, std::vector<Token>& tokens);

}  // namespace etude::music
