#include "music.hpp"

#include <etude/error.hpp>

namespace etude::music::strict {
namespace {

/// More notes than this in a chord are no music, and comparing them with those of the next chord takes the square of the time.
constexpr std::size_t most_notes_of_chord = 128;

class MusicLine {
 public:
  MusicLine(const Place& line, const Signs& signs, MusicTarget& target) : scanner_(line, signs), target_(target) {}

  void read() {
    while (next()) read_sign();
    if (lone_) reject(*lone_, decorates_nothing);
  }

 private:
  static constexpr const char* decorates_nothing = "a decoration without a note, rest or bar line behind it";

  VoiceBuilder& voice() { return target_.voice(); }

  /// The next sign. A decoration of one letter belongs to what stands behind it; those in words may also end something.
  bool next() {
    if (!scanner_.next(token_)) return false;
    switch (token_.sign) {
      case Sign::tie:
      case Sign::slur_end:
      case Sign::chord_end:
      case Sign::grace_end:
      case Sign::broken_rhythm:
      case Sign::overlay:
        if (lone_) reject(*lone_, decorates_nothing);
        break;
      case Sign::decoration:
        if (token_.letter) lone_ = token_.place;
        break;
      case Sign::words:
      case Sign::slur_begin:
      case Sign::tuplet:
      case Sign::field:
      case Sign::grace_begin:
        break;
      default:
        lone_.reset();
    }
    return true;
  }

  void read_sign() {
    switch (token_.sign) {
      case Sign::note:
        return voice().add_note(token_, false);
      case Sign::rest:
        return voice().add_rest(token_);
      case Sign::measure_rest:
        return voice().add_measure_rest(token_);
      case Sign::spacer:
        return;
      case Sign::chord_begin:
        return read_chord(false);
      case Sign::chord_end:
        reject(token_.place, "a closing bracket that nothing opened");
      case Sign::grace_begin:
        return read_grace();
      case Sign::grace_end:
        reject(token_.place, "a closing brace that nothing opened");
      case Sign::tuplet:
        return voice().begin_tuplet(token_);
      case Sign::broken_rhythm:
        return voice().break_rhythm(token_);
      case Sign::bar_line:
        return voice().draw_bar(token_);
      case Sign::ending:
        return voice().begin_ending(token_);
      case Sign::overlay:
        return voice().lay_over(token_);
      case Sign::field:
        return read_field();
      default:
        return read_mark();
    }
  }

  void read_field() {
    Place value = token_.place;
    value.text = value.text.substr(0, value.at + token_.text.size());
    target_.inline_field(token_.tag, value);
  }

  /// Signs that may stand among the notes of chords and grace notes as well.
  void read_mark() {
    switch (token_.sign) {
      case Sign::tie:
        return voice().tie(token_);
      case Sign::slur_begin:
        return voice().begin_slur(token_);
      case Sign::slur_end:
        return voice().end_slur(token_);
      case Sign::words:
        return voice().add_words(token_);
      default:
        return voice().add_decoration(token_);
    }
  }

  bool is_mark() const {
    return token_.sign == Sign::slur_begin || token_.sign == Sign::slur_end || token_.sign == Sign::words ||
           token_.sign == Sign::decoration;
  }

  void read_chord(bool grace) {
    const auto begin = token_.place;
    std::vector<Token> notes, slurs_behind;
    std::vector<bool> tied;
    while (true) {
      if (!next()) reject(begin, "no closing bracket: a chord is never closed");
      if (token_.spaced) reject(token_.place, "a space in a chord, or its bracket is not closed");
      if (token_.sign == Sign::chord_end) break;
      if (token_.sign == Sign::note) {
        if (notes.size() == most_notes_of_chord)
          reject(token_.place, text("a chord of more than ", most_notes_of_chord, " notes"));
        notes.push_back(token_);
        tied.push_back(false);
      } else if (token_.sign == Sign::tie && !notes.empty() && token_.touches) {
        tied.back() = true;
      } else if (token_.sign == Sign::slur_end) {
        slurs_behind.push_back(token_);
      } else if (is_mark()) {
        read_mark();
      } else {
        reject(token_.place, "a chord holds notes only, or its bracket is not closed");
      }
    }
    if (notes.empty()) reject(begin, "a chord of no notes");
    voice().add_chord(notes, tied, token_.length, grace);
    for (const auto& slur : slurs_behind) voice().end_slur(slur);
  }

  void read_grace() {
    const auto begin = token_.place;
    bool any = false;
    while (true) {
      if (!next()) reject(begin, "no closing brace: grace notes are never closed");
      if (token_.sign == Sign::grace_end) break;
      if (token_.sign == Sign::note) {
        voice().add_note(token_, true);
      } else if (token_.sign == Sign::chord_begin) {
        read_chord(true);
      } else if (token_.sign == Sign::broken_rhythm && any) {
        continue;  // grace notes take no time that it could change
      } else if (is_mark() || token_.sign == Sign::tie) {
        read_mark();
        continue;
      } else {
        reject(token_.place, "grace notes are notes only, or their brace is not closed");
      }
      any = true;
    }
    if (!any) reject(begin, "braces without grace notes");
  }

  MusicScanner scanner_;
  MusicTarget& target_;
  Token token_;
  std::optional<Place> lone_;  ///< a decoration that still waits for what it decorates
};

}  // namespace

void read_music(const Place& line, const Signs& signs, MusicTarget& target) { MusicLine(line, signs, target).read(); }

}  // namespace etude::music::strict
