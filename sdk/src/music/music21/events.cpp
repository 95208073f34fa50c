#include "events.hpp"

#include "characters.hpp"
#include "unreadable.hpp"

namespace etude::music {

namespace {

std::optional<int> key_of(const NoteEvent& event) { return event.keyed ? std::optional<int>(event.key) : std::nullopt; }

/// A chord's text without what stands in quotes: music21 takes everything up to the last closed quote for chord symbols.
/// Quirk::quotes_hide_a_chord.
std::string_view behind_symbols(Token& token, std::string_view text, std::string_view whole) {
  std::size_t behind = 0, quotes = 0;
  for (std::size_t at = text.find('"'), open = 0; at != std::string_view::npos; at = text.find('"', at + 1)) {
    if (++quotes % 2 != 0) {
      open = at + 1;
      continue;
    }
    behind = at + 1;
    if (token.has_symbol) continue;
    token.has_symbol = true;
    token.symbol = static_cast<std::uint32_t>(static_cast<std::size_t>(text.data() - whole.data()) + open);
    token.symbol_length = static_cast<std::uint32_t>(at - open);
  }
  if (quotes == 1 && !token.has_symbol) throw Unreadable{"IndexError", "a quotation mark in a chord that nothing closes", text};
  return text.substr(behind);
}

class EventReader {
 public:
  EventReader(Piece& piece) : piece_(piece) {}

  void note(const Token& token, NoteEvent& event) {
    const std::string_view text = piece_.text(token);
    add(event, spell(text, token.carried, key_of(event)));
    event.length = length_of(text, event.unit) * event.broken;
  }

  /// [notes]length: the length behind the bracket times that of the first note that has one.
  void chord(Token& token, NoteEvent& event) {
    const std::string_view whole = piece_.signs.text;
    const std::string_view text = behind_symbols(token, piece_.text(token), whole);
    const auto close = text.find(']');
    if (close == std::string_view::npos)
      throw Unreadable{"ABCHandlerException", "a chord that nothing closes", piece_.text(token)};
    const double outer = length_of(text.substr(close + 1), 1) * event.broken;
    double inner = 0;
    inside_.clear();
    if (close > 0) {
      const std::size_t bracket = first_character(text).bytes;
      scan_chord(whole, text.substr(bracket, close > bracket ? close - bracket : 0), inside_);
    }
    for (const auto& part : inside_) {
      if (part.sign == Sign::chord) throw Unreadable{"ABCHandlerException", "a chord within a chord", piece_.text(part)};
      if (part.sign != Sign::note) continue;
      const std::string_view note = piece_.text(part);
      const auto spelling = spell(note, {}, key_of(event));
      const double length = length_of(note, event.unit);
      if (!spelling) continue;  // a rest
      if (inner == 0) inner = length;
      add(event, spelling);
    }
    event.length = outer * inner;
  }

 private:
  void add(NoteEvent& event, const std::optional<Spelling>& spelling) {
    if (!spelling) return;
    if (event.spellings++ == 0) event.first_spelling = static_cast<std::uint32_t>(piece_.spellings.size());
    piece_.spellings.push_back(*spelling);
  }

  Piece& piece_;
  std::vector<Token> inside_;
};

}  // namespace

void read_events(Piece& piece) {
  EventReader reader(piece);
  piece.spellings.reserve(piece.events.size());
  for (auto& token : piece.signs.tokens) {
    if (token.sign == Sign::note) reader.note(token, piece.events[token.event]);
    if (token.sign == Sign::chord) reader.chord(token, piece.events[token.event]);
  }
}

}  // namespace etude::music
