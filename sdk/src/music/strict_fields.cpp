#include "strict_fields.hpp"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <etude/error.hpp>
#include <iterator>

namespace etude::music::strict {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_space(char c) { return c == ' ' || c == '\t'; }
char lower(char c) { return static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c); }

std::string lower(std::string_view word) {
  std::string made(word);
  std::transform(made.begin(), made.end(), made.begin(), [](char c) { return lower(c); });
  return made;
}

/// Reads a field from left to right.
class Cursor {
 public:
  explicit Cursor(const Place& place) : place_(place) {}

  bool done() const { return place_.at >= place_.text.size(); }
  char peek(std::size_t ahead = 0) const {
    return place_.at + ahead < place_.text.size() ? place_.text[place_.at + ahead] : '\0';
  }
  char take() { return place_.text[place_.at++]; }
  bool take(char wanted) {
    if (done() || peek() != wanted) return false;
    ++place_.at;
    return true;
  }
  void skip_spaces() {
    while (is_space(peek())) ++place_.at;
  }
  template <class Wanted>
  std::string_view take_while(const Wanted& wanted) {
    const auto begin = place_.at;
    while (!done() && wanted(peek())) ++place_.at;
    return place_.text.substr(begin, place_.at - begin);
  }
  std::string_view word() {
    return take_while([](char c) { return !is_space(c); });
  }
  const Place& place() const { return place_; }
  void back_to(const Place& place) { place_ = place; }

  /// A whole number of at most six digits, at least `least`.
  std::int64_t number(const char* what, std::int64_t least = 1) {
    const auto begin = place_;
    const auto digits = take_while(is_digit);
    if (digits.empty()) reject(begin, text(what, " must be a number here"));
    if (digits.size() > 6) reject(begin, text(what, " has more than six digits"));
    const std::int64_t value = std::strtol(std::string(digits).c_str(), nullptr, 10);
    if (value < least) reject(begin, text(what, " must be at least ", least));
    return value;
  }

  std::string_view quoted() {
    const auto begin = place_;
    take();
    const auto inside = take_while([](char c) { return c != '"'; });
    if (!take('"')) reject(begin, "a quotation mark is never closed");
    return inside;
  }

  void expect_end(const char* field) {
    skip_spaces();
    if (!done()) reject(place_, text("not understood in ", field));
  }

 private:
  Place place_;
};

bool power_of_two(std::int64_t n) { return n > 0 && (n & (n - 1)) == 0; }

/// "3" or "2+3+2".
std::int64_t parse_beats(Cursor& cursor) {
  std::int64_t beats = cursor.number("the beats of a meter");
  while (cursor.take('+')) beats += cursor.number("the beats of a meter");
  return beats;
}

// --- keys ---

struct Mode {
  const char* name;
  int sharps;  ///< more than the major key on the same tonic has
};
constexpr Mode modes[] = {{"major", 0},   {"minor", -3},    {"ionian", 0}, {"aeolian", -3}, {"mixolydian", -1},
                          {"dorian", -2}, {"phrygian", -4}, {"lydian", 1}, {"locrian", -5}};

/// Only the first three letters of a mode count; m alone is minor.
const Mode* find_mode(std::string_view word) {
  const auto name = lower(word);
  if (name.empty()) return &modes[0];
  if (name == "m") return &modes[1];
  if (name.size() < 3) return nullptr;
  const auto* found =
      std::find_if(std::begin(modes), std::end(modes), [&](const Mode& mode) { return name.compare(0, 3, mode.name, 3) == 0; });
  return found == std::end(modes) ? nullptr : found;
}

/// Sharps of the major key on a natural tonic A to G.
constexpr int sharps_of_tonic[] = {3, 5, 0, 2, 4, -1, 1};
/// Steps, from A, in the order in which sharps and flats come.
constexpr int order_of_sharps[] = {5, 2, 6, 3, 0, 4, 1}, order_of_flats[] = {1, 4, 0, 3, 6, 2, 5};

void set_signature(KeyValue& value, int sharps) {
  value.alterations.fill(0);
  for (int i = 0; i < std::min(sharps, 7); ++i) value.alterations[static_cast<std::size_t>(order_of_sharps[i])] = 1;
  for (int i = 0; i < std::min(-sharps, 7); ++i) value.alterations[static_cast<std::size_t>(order_of_flats[i])] = -1;
}

/// "^f", "_b=c": accidentals of a key beside those of its mode.
void take_explicit_accidentals(Cursor& cursor, KeyValue& value) {
  while (!cursor.done() && !is_space(cursor.peek())) {
    const auto begin = cursor.place();
    const char sign = cursor.peek();
    const auto signs = cursor.take_while([&](char c) { return c == sign && (c == '^' || c == '_' || c == '='); });
    const char step = static_cast<char>(std::toupper(static_cast<unsigned char>(cursor.peek())));
    if (signs.empty() || signs.size() > (sign == '=' ? 1 : 2) || step < 'A' || step > 'G') {
      reject(begin, "the accidentals of a key are ^, ^^, _, __ or = before a letter from a to g");
    }
    cursor.take();
    const int size = static_cast<int>(signs.size());
    value.alterations[static_cast<std::size_t>(step - 'A')] = sign == '^' ? size : sign == '_' ? -size : 0;
  }
}

bool begins_accidental(char c) { return c == '^' || c == '_' || c == '='; }

bool take_clef(std::string_view word, VoiceProperties& properties) {
  static constexpr std::string_view names[] = {"treble", "alto", "tenor", "bass", "perc", "none", "G", "C", "F", "P"};
  const auto* name =
      std::find_if(std::begin(names), std::end(names), [&](std::string_view n) { return word.substr(0, n.size()) == n; });
  if (name == std::end(names)) return false;
  auto rest = word.substr(name->size());
  if (!rest.empty() && rest[0] >= '1' && rest[0] <= '5') rest.remove_prefix(1);
  if (!rest.empty() && rest != "-8" && rest != "+8" && rest != "-15" && rest != "+15") return false;
  const int size = rest.size() == 3 ? 2 : 1;
  properties.clef_octaves = rest.empty() ? 0 : rest[0] == '-' ? -size : size;
  if (*name == "treble" || *name == "G") {
    properties.clef = rest == "-8" ? Clef::treble_octave_below : Clef::treble;
  } else if (*name == "bass" || *name == "F") {
    properties.clef = Clef::bass;
  }
  return true;
}

int whole_number(const Place& place, std::string_view word, int limit) {
  const bool minus = !word.empty() && word[0] == '-';
  const auto digits = minus || (!word.empty() && word[0] == '+') ? word.substr(1) : word;
  if (digits.empty() || digits.size() > 3 || !std::all_of(digits.begin(), digits.end(), is_digit)) {
    reject(place, "a whole number must stand here");
  }
  const int value = std::atoi(std::string(digits).c_str());
  if (value > limit) reject(place, text("more than ", limit, " is out of range"));
  return minus ? -value : value;
}

/// name=value. What only concerns how the music looks is read over.
void take_assignment(Cursor& cursor, const std::string& name, VoiceProperties& properties) {
  const auto begin = cursor.place();
  const auto value = cursor.peek() == '"' ? cursor.quoted() : cursor.word();
  if (name == "octave") {
    properties.octaves = whole_number(begin, value, 10);
  } else if (name == "transpose" || name == "t") {
    properties.semitones = whole_number(begin, value, 60);
  } else if (name == "clef") {
    take_clef(value, properties);  // the standard reads over names that it does not know
  }
}

/// What may follow the name of a voice, or a key: clef=bass, octave=-1, name="Violin", treble-8, ...
void take_properties(Cursor& cursor, VoiceProperties& properties, const char* field) {
  for (cursor.skip_spaces(); !cursor.done(); cursor.skip_spaces()) {
    const auto begin = cursor.place();
    const auto word = cursor.take_while([](char c) { return !is_space(c) && c != '='; });
    if (!word.empty() && cursor.take('=')) {
      take_assignment(cursor, std::string(word), properties);
      continue;
    }
    const bool stems = word == "up" || word == "down" || word == "auto" || word == "merge";
    if (!stems && (cursor.peek() == '=' || !take_clef(word, properties))) reject(begin, text("not understood in ", field));
  }
}

void take_mode(Cursor& cursor, KeyValue& value, int sharps) {
  const bool attached = !is_space(cursor.peek());
  const auto before = cursor.place();
  cursor.skip_spaces();
  const auto begin = cursor.place();
  const auto word = cursor.take_while(is_letter);
  const Mode* mode = find_mode(word);
  if (!mode) {
    if (attached) reject(begin, text("unknown mode ", word));
    cursor.back_to(before);
    mode = &modes[0];
  }
  sharps += mode->sharps;
  if (sharps < -7 || sharps > 7) reject(begin, text("a key of ", std::abs(sharps), sharps > 0 ? " sharps" : " flats"));
  value.key = {sharps, mode->name};
  set_signature(value, sharps);
}

void take_tonic(Cursor& cursor, KeyValue& value) {
  const char tonic = cursor.take();
  int sharps = sharps_of_tonic[tonic - 'A'];
  if (cursor.take('#')) {
    sharps += 7;
  } else if (cursor.take('b')) {
    sharps -= 7;
  }
  take_mode(cursor, value, sharps);
}

/// "exp" leaves nothing of a key but the accidentals that follow.
void take_accidentals(Cursor& cursor, KeyValue& value) {
  cursor.skip_spaces();
  const auto begin = cursor.place();
  if (cursor.word() == "exp") {
    set_signature(value, 0);
    value.key = {0, value.key.mode};
    cursor.skip_spaces();
  } else {
    cursor.back_to(begin);
  }
  while (begins_accidental(cursor.peek())) {
    take_explicit_accidentals(cursor, value);
    cursor.skip_spaces();
  }
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
    const auto digits = cursor.take_while(is_digit);
    if (cursor.peek() == '/') {
      cursor.back_to(begin);
      beat = parse_beat(cursor);
      if (!cursor.take('=')) reject(cursor.place(), "a tempo is a beat, =, and beats a minute, as 1/4=120");
    } else {
      cursor.back_to(begin);
    }
    (void)digits;
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

KeyValue parse_key(const Place& value) {
  Cursor cursor(value);
  cursor.skip_spaces();
  KeyValue key;
  key.alterations.fill(0);
  const auto begin = cursor.place();
  const auto word = cursor.word();
  if (word.empty() || lower(word) == "none") {
    key.given = true;
  } else if (word == "HP" || word == "Hp") {
    key.given = true;  // pipes sound with two sharps, whether they are written at the clef or not
    set_signature(key, 2);
    key.key.sharps = word == "Hp" ? 2 : 0;
  } else {
    cursor.back_to(begin);
    if (cursor.peek() >= 'A' && cursor.peek() <= 'G' && (cursor.peek(1) < '1' || cursor.peek(1) > '5')) {
      key.given = true;
      take_tonic(cursor, key);
    }
  }
  const auto accidentals = cursor.place();
  take_accidentals(cursor, key);
  key.given = key.given || cursor.place().at != accidentals.at;
  take_properties(cursor, key.properties, "K:");
  return key;
}

VoiceValue parse_voice(const Place& value) {
  Cursor cursor(value);
  cursor.skip_spaces();
  VoiceValue voice;
  const auto begin = cursor.place();
  voice.name = cursor.word();
  if (voice.name.empty()) reject(begin, "V: names no voice");
  take_properties(cursor, voice.properties, "V:");
  return voice;
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
