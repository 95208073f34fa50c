// K: and V: fields: signatures, clefs, and what else belongs to a voice.
#include <cctype>
#include <iterator>

#include "cursor.hpp"
#include "fields.hpp"

namespace etude::music::strict {
namespace {

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

}  // namespace etude::music::strict
