#include "part_builder.hpp"

#include <algorithm>
#include <cmath>
#include <etude/unicode.hpp>
#include <utility>

#include "chord_symbol.hpp"
#include "fields.hpp"
#include "rebar.hpp"
#include "unreadable.hpp"

namespace etude::music {

namespace {

/// A length in quarter notes as a fraction.
Fraction quarters(double length, std::string_view where) {
  if (std::isnan(length)) throw Unreadable{"ValueError", "a length that is no number", where};
  if (std::isinf(length)) throw Unreadable{"OverflowError", "an infinite length", where};
  return Fraction::nearest(length);
}

/// Adds lengths as music21 does: what binary floating point cannot hold is a fraction, and a fraction and a number make a number.
class Clock {
 public:
  const Fraction& now() const { return now_; }
  void pass(const Fraction& length) {
    const bool inexact = floating_ || now_.dyadic() || length.dyadic();
    now_ += length;
    if (now_.denominator() > Fraction::denominator_limit && inexact) now_ = Fraction::nearest(now_.value());
    floating_ = inexact && !now_.dyadic();
  }

 private:
  Fraction now_;
  bool floating_ = false;
};

Barline barline_of(Bar bar) {
  switch (bar) {
    case Bar::dotted:
      return Barline::dotted;
    case Bar::double_line:
      return Barline::double_line;
    case Bar::final_line:
      return Barline::final_line;
    case Bar::heavy_light:
      return Barline::heavy_light;
    case Bar::repeat_start:
      return Barline::repeat_start;
    case Bar::repeat_end:
      return Barline::repeat_end;
    default:
      return Barline::none;
  }
}

/// A chord symbol as music21 takes it: without parentheses, flats of letters as '-'.
std::string symbol_name(std::string_view quoted) {
  std::string name;
  for (const char c : stripped(quoted))
    if (c != '(' && c != ')') name += c;
  for (std::size_t i = 1; i < name.size(); ++i) {
    const bool letter = (name[i - 1] >= 'A' && name[i - 1] <= 'G') || (name[i - 1] >= 'a' && name[i - 1] <= 'g');
    if (letter && name[i] == 'b') name[i++] = '-';
  }
  return name;
}

class PartBuilder {
 public:
  PartBuilder(Piece& piece) : piece_(piece) {}

  Part build(const TokenList& tokens) {
    const auto bars = split_into_bars(piece_.signs.tokens, tokens);
    in_measures_ = bars.size() > 1;
    part_.measures.reserve(in_measures_ ? bars.size() : 0);
    for (const auto& bar : bars) {
      if (in_measures_ && bar.has_events)
        measure(bar);
      else
        loose(bar);
    }
    drop_open_ending();
    spans();
    rebar(part_);
    if (octaves_ != 0) transpose(part_, octaves_);
    return std::move(part_);
  }

 private:
  /// Where elements go: a measure, or the part itself.
  struct Place {
    std::vector<Element>& elements;
    Clock& clock;
    Measure* measure;
  };

  void loose(const BarSpan& bar) {
    if (!in_measures_) part_.loose.reserve(bar.tokens.size());
    fill({part_.loose, part_clock_, nullptr}, bar);
  }

  void measure(const BarSpan& bar) {
    Measure measure;
    measure.offset = part_clock_.now();
    measure.elements.reserve(bar.tokens.size());
    barlines(bar, measure);
    Clock clock;
    fill({measure.elements, clock, &measure}, bar);
    const Fraction length = std::max(clock.now(), Fraction(0));
    number(measure, length);
    part_clock_.pass(length);
    part_.measures.push_back(std::move(measure));
  }

  /// A first measure with a meter of its own is number 0, complete or not; the next one then is 1.
  /// Quirk::number_of_the_first_measure.
  void number(Measure& measure, const Fraction& length) {
    if (!part_.measures.empty() || !measure.meter) {
      measure.number = next_number_++;
    } else if (const Fraction missing = measure.meter->bar() - length; missing > 0) {
      measure.missing_before = missing;
    }
  }

  /// An ending begins with a number, and closes with the next number or repeat; one that is not closed is none.
  void barlines(const BarSpan& bar, Measure& measure) {
    if (bar.left) {
      measure.left = barline_of(*bar.left);
      if (*bar.left == Bar::first_ending) ending(measure, 1);
      if (*bar.left == Bar::second_ending) ending(measure, 2);
    }
    if (!bar.right) return;
    measure.right = barline_of(*bar.right);
    if (*bar.right == Bar::repeat_end && open_ending_) close_ending(measure);
  }

  void ending(Measure& measure, int number) {
    if (open_ending_) return close_ending(measure);
    part_.endings.push_back({number});
    open_ending_ = measure.ending = part_.endings.size() - 1;
    if (number == 2) open_ending_.reset();
  }
  void close_ending(Measure& measure) { measure.ending = std::exchange(open_ending_, std::nullopt); }

  void drop_open_ending() {
    if (!open_ending_) return;
    for (auto& measure : part_.measures)
      if (measure.ending == open_ending_) measure.ending.reset();
    part_.endings.pop_back();  // none begins while one is open
  }

  void fill(Place place, const BarSpan& bar) {
    // Quirk::last_clef_moves_by_octaves.
    octaves_ = 0;  // a clef counts only if it stands in the last bar of the part
    for (const auto index : bar.tokens) {
      const Token& token = piece_.signs.tokens[index];
      if (token.sign == Sign::field)
        field(token, place);
      else if (token.is_event())
        event(token, place);
    }
  }

  void field(const Token& token, Place& place) {
    const std::string_view value = piece_.text(token);
    if (token.tag == 'M') {
      if (const auto meter = read_meter(value)) meter_field(*meter, place);
    } else if (token.tag == 'K') {
      key_field(value, place);
    } else if (token.tag == 'Q') {
      put(read_tempo(value), 0, place);
    }
  }

  void meter_field(const Meter& meter, Place& place) {
    auto pointer = std::make_shared<const Meter>(meter);
    if (place.measure != nullptr)
      place.measure->meter = std::move(pointer);
    else
      put_loose(std::move(pointer), place);
  }

  void key_field(std::string_view value, Place& place) {
    Key key = read_key(value);
    if (place.measure != nullptr)
      place.measure->key = std::move(key);
    else
      put_loose(std::move(key), place);
    const auto clef = read_clef(value);
    if (!clef) return;
    octaves_ = *clef == Clef::bass ? -2 : -1;
    if (place.measure != nullptr)
      place.measure->clef = *clef;
    else
      put_loose(*clef, place);
  }

  template <class Thing>
  void put(Thing thing, const Fraction& length, Place& place) {
    auto& element = place.elements.emplace_back();
    element.offset = place.clock.now();
    element.item.template emplace<Thing>(std::move(thing));
    place.clock.pass(length);
  }

  /// Outside measures a part without measures takes things where they come. One with measures has at most one meter, key and clef
  /// of its own: the last, at its start.
  template <class Thing>
  void put_loose(Thing thing, Place& place) {
    if (!in_measures_) return put(std::move(thing), 0, place);
    std::erase_if(place.elements,
                  [](const Element& element) { return std::holds_alternative<Thing>(element.item) && element.offset == 0; });
    place.elements.push_back({0, std::move(thing)});
  }

  void event(const Token& token, Place& place) {
    if (token.has_symbol && !symbol(token, place)) return;
    NoteEvent& event = piece_.events[token.event];
    if (token.sign == Sign::chord)
      chord(token, event, place);
    else
      note(token, event, place);
  }

  /// @return false where the symbol makes music21 forget the note
  /// Quirk::fingering_drops_the_note.
  bool symbol(const Token& token, Place& place) {
    std::string name = symbol_name(piece_.signs.text.substr(token.symbol, token.symbol_length));
    if (!name.empty() && name.front() == '>') return false;
    if (auto pitches = chord_symbol_pitches(name)) put(ChordSymbol{std::move(name), std::move(*pitches)}, 0, place);
    return true;
  }

  /// The length of an event in its tuplet, which only what one note can stand for may be part of.
  /// Quirk::tuplet_of_one_value.
  void length(const Token& token, const NoteEvent& event, Event& result) const {
    const std::string_view where = piece_.text(token);
    result.length = quarters(event.length, where);
    if (event.tuplet_actual == 0) return;
    const Notation notation = notation_of(result.length);
    if (notation == Notation::nothing) throw Unreadable{"ZeroDivisionError", "a note of no length in a tuplet", where};
    if (notation != Notation::single)
      throw Unreadable{"DurationException", "no single note is as long as this one in a tuplet", where};
    result.tuplet = Tuplet{event.tuplet_actual, event.tuplet_normal};
    const Fraction factor(event.tuplet_normal, event.tuplet_actual);
    result.length = Fraction::nearest(result.length.value() * factor.value());
  }

  // Quirk::chord_forgets_signs.
  void chord(const Token& token, const NoteEvent& event, Place& place) {
    if (event.spellings == 0) return;
    Chord chord;
    for (std::uint32_t i = 0; i < event.spellings; ++i)
      chord.pitches.push_back(pitch_of(piece_.spellings[event.first_spelling + i], piece_.text(token)));
    length(token, event, chord);
    sounding(token);
    put_event(std::move(chord), place);
  }

  void note(const Token& token, NoteEvent& event, Place& place) {
    if (event.spellings == 0) return put_note(Rest{}, token, event, place);
    Note note;
    note.pitch = pitch_of(piece_.spellings[event.first_spelling], piece_.text(token));
    put_note(std::move(note), token, event, place);
  }

  template <class Kind>
  void put_note(Kind note, const Token& token, NoteEvent& event, Place& place) {
    length(token, event, note);
    note.tie = event.tie;
    note.grace = event.grace;
    note.articulations = std::exchange(event.articulations, {});
    if (note.grace) note.length = 0;
    sounding(token);
    put_event(std::move(note), place);
  }

  /// Time runs back over a negative length (L:-1/8), but the note itself lasts no time, once music21 has beamed its measure.
  template <class Kind>
  void put_event(Kind event, Place& place) {
    const Fraction time = event.length;
    if (place.measure != nullptr) event.length = std::max(time, Fraction(0));
    put(std::move(event), time, place);
  }

  void sounding(const Token& token) { events_.push_back(token.event); }

  /// Slurs and hairpins, counted in the events of this part.
  void spans() {
    if (events_.empty()) return;
    const auto place = [&](std::size_t event) {
      return static_cast<std::size_t>(std::lower_bound(events_.begin(), events_.end(), event) - events_.begin());
    };
    auto span = std::lower_bound(piece_.spans.begin(), piece_.spans.end(), events_.front(),
                                 [](const Span& a, std::size_t event) { return a.first < event; });
    for (; span != piece_.spans.end() && span->first <= events_.back(); ++span) {
      const Span mine{span->kind, place(span->first), place(span->last)};
      if (mine.first < mine.last) part_.spans.push_back(mine);
    }
  }

  Piece& piece_;
  Part part_;
  Clock part_clock_;
  bool in_measures_ = false;
  int next_number_ = 1;
  int octaves_ = 0;
  std::optional<std::size_t> open_ending_;
  std::vector<std::uint32_t> events_;  // those of this part, in order
};

}  // namespace

Part build_part(Piece& piece, const TokenList& tokens) { return PartBuilder(piece).build(tokens); }

}  // namespace etude::music
