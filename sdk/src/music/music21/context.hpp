// What holds for each note when it comes: unit length, key, ties, tuplets, broken rhythms, slurs.
#pragma once

#include <vector>

#include "notes.hpp"
#include "scanner.hpp"

namespace etude::music {

/// A note, rest or chord with everything around it applied.
struct NoteEvent {
  double length = 0;    ///< quarter notes, before its tuplet; of a chord without notes 0
  double unit = 0;      ///< quarter notes of a note without length
  double broken = 1;    ///< what > and < make of its length
  std::int8_t key = 0;  ///< sharps; flats are negative
  bool keyed = false;   ///< whether there is a key
  bool grace = false;
  std::int8_t tuplet_actual = 0, tuplet_normal = 0;  ///< 0 and 0 outside tuplets
  Tie tie = Tie::none;
  Articulations articulations;
  std::uint32_t first_spelling = 0, spellings = 0;  ///< its pitches in Piece::spellings: one of a note, none of a rest
};

/// A text whose notes are known, not yet put into measures.
struct Piece {
  Tokens signs;
  std::vector<NoteEvent> events;    ///< by Token::event
  std::vector<Spelling> spellings;  ///< of all events
  std::vector<Span> spans;          ///< slurs and hairpins, over events

  std::string_view text(const Token& token) const { return token.text(signs.text); }
};

/// Applies to every note what stands before and around it.
/// @throws Unreadable where a note has no unit length, a field is none, a chord is not closed, ...
Piece resolve(Tokens signs);

}  // namespace etude::music
