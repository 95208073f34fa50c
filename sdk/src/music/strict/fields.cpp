#include "fields.hpp"

#include "cursor.hpp"

namespace etude::music::strict {
namespace {

bool power_of_two(std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

/// "3" or "2+3+2".
std::int64_t parse_beats(Cursor& cursor) {
  constexpr std::int64_t most = 9999;
  const auto begin = cursor.place();
  std::int64_t beats = cursor.number("the beats of a meter");
  while (beats <= most && cursor.take('+')) beats += cursor.number("the beats of a meter");
  if (beats > most) reject(begin, text("a meter of more than ", most, " beats"));
  return beats;
}

}  // namespace

MeterPointer parse_meter(const Place& value) {
  Cursor cursor(value);
  cursor.skip_spaces();
  Meter meter;
  if (cursor.take('C')) {
    if (cursor.take('|')) meter = {2, 2};
  } else if (lower(cursor.peek()) == 'n') {
    const auto begin = cursor.place();
    if (lower(cursor.take_while(is_letter)) != "none") reject(begin, "a meter is C, C|, none or a fraction such as 6/8");
    cursor.expect_end("M:");
    return nullptr;
  } else {
    if (cursor.done()) reject(cursor.place(), "M: names no meter");
    const auto begin = cursor.place();
    const bool parentheses = cursor.take('(');
    meter.beats = parse_beats(cursor);
    if (parentheses && !cursor.take(')')) reject(begin, "the parenthesis of a meter is never closed");
    if (!cursor.take('/')) reject(cursor.place(), "a meter is C, C|, none or a fraction such as 6/8");
    const auto unit = cursor.place();
    meter.unit = cursor.number("the unit of a meter");
    if (!power_of_two(meter.unit) || meter.unit > 64) reject(unit, "the unit of a meter is 1, 2, 4, 8, 16, 32 or 64");
  }
  cursor.expect_end("M:");
  return std::make_shared<const Meter>(meter);
}

Fraction parse_unit_length(const Place& value) {
  Cursor cursor(value);
  cursor.skip_spaces();
  const auto beats = cursor.number("the unit note length");
  std::int64_t unit = 1;
  if (cursor.take('/')) {
    const auto begin = cursor.place();
    unit = cursor.number("the unit note length");
    if (!power_of_two(unit) || unit > 512)
      reject(begin, "the unit note length is a fraction such as 1/8, its lower number a power of two");
  }
  cursor.expect_end("L:");
  return Fraction(4 * beats, unit);
}

Fraction default_unit_length(const Meter* meter) { return meter && meter->bar() < Fraction(3) ? Fraction(1, 4) : Fraction(1, 2); }

namespace {

/// 1/4, or several: 1/4 3/8 1/4 3/8. In quarter notes.
Fraction parse_beat(Cursor& cursor) {
  Fraction beat;
  while (is_digit(cursor.peek())) {
    const auto above = cursor.number("the beat of a tempo");
    if (!cursor.take('/')) reject(cursor.place(), "the beat of a tempo is a fraction such as 1/4");
    beat += Fraction(4 * above, cursor.number("the beat of a tempo"));
    cursor.skip_spaces();
  }
  return beat;
}

void parse_speed(Cursor& cursor, const Fraction& unit, Tempo& tempo) {
  Fraction beat = unit;
  if (cursor.take('C')) {
    if (is_digit(cursor.peek())) beat = unit * Fraction(cursor.number("the beat of a tempo"));
    cursor.skip_spaces();
    if (!cursor.take('=')) reject(cursor.place(), "a tempo is a beat, =, and beats a minute, as 1/4=120");
  } else if (is_digit(cursor.peek())) {
    const auto begin = cursor.place();
    cursor.take_while(is_digit);
    const bool fraction = cursor.peek() == '/';
    cursor.back_to(begin);
    if (fraction) {
      beat = parse_beat(cursor);
      if (!cursor.take('=')) reject(cursor.place(), "a tempo is a beat, =, and beats a minute, as 1/4=120");
    }
  } else {
    reject(cursor.place(), "a tempo is a beat, =, and beats a minute, as 1/4=120");
  }
  cursor.skip_spaces();
  tempo.beat = beat.value();
  tempo.number = static_cast<double>(cursor.number("beats a minute"));
}

}  // namespace

Tempo parse_tempo(const Place& value, const Fraction& unit) {
  Cursor cursor(value);
  Tempo tempo;
  bool words = false;
  for (cursor.skip_spaces(); !cursor.done(); cursor.skip_spaces()) {
    if (cursor.peek() == '"' && !words) {
      tempo.text = cursor.quoted();
      words = true;
    } else if (tempo.number) {
      reject(cursor.place(), "not understood in Q:");
    } else {
      parse_speed(cursor, unit, tempo);
    }
  }
  return tempo;
}

UserSymbol parse_user_symbol(const Place& value) {
  Cursor cursor(value);
  cursor.skip_spaces();
  const auto begin = cursor.place();
  UserSymbol symbol;
  if (cursor.done()) reject(begin, "U: defines nothing");
  symbol.sign = cursor.take();
  const char c = symbol.sign;
  if (!((c >= 'H' && c <= 'W') || (c >= 'h' && c <= 'w') || c == '~')) reject(begin, "only H to W, h to w and ~ can be defined");
  cursor.skip_spaces();
  if (!cursor.take('=')) reject(cursor.place(), "a definition is a sign, =, and a decoration, as T = !trill!");
  cursor.skip_spaces();
  const char delimiter = cursor.peek();
  if (delimiter != '!' && delimiter != '+' && delimiter != '"')
    reject(cursor.place(), "a decoration stands between exclamation marks");
  const auto open = cursor.place();
  cursor.take();
  symbol.decoration = cursor.take_while([&](char ch) { return ch != delimiter; });
  if (!cursor.take(delimiter)) reject(open, "a decoration is never closed");
  if (symbol.decoration == "nil" || symbol.decoration == "none") symbol.decoration.clear();
  cursor.expect_end("U:");
  return symbol;
}

}  // namespace etude::music::strict
