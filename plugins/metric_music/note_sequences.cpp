#include "note_sequences.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string>
#include <unordered_map>

#include "key_signature.hpp"
#include "sequence_window.hpp"

namespace metric_music {
namespace {

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }

constexpr std::array<int, 7> semitones_of_step{0, 2, 4, 5, 7, 9, 11};

/// Reads digits; `fallback` where there are none.
double number(std::string_view text, std::size_t& at, double fallback) {
  if (at >= text.size() || !is_digit(text[at])) return fallback;
  double value = 0;
  for (; at < text.size() && is_digit(text[at]); ++at) value = std::min(1e6, 10 * value + (text[at] - '0'));
  return value;
}

/// "3/2", "/", "//", "2": in unit lengths.
double length_factor(std::string_view text, std::size_t& at) {
  double length = number(text, at, 1);
  while (at < text.size() && text[at] == '/') length /= std::max(1.0, number(text, ++at, 2));
  return length;
}

struct Voice {
  SequenceWindow window;
  Event pending;
  double next_factor = 1;  ///< that broken rhythm leaves for the next event
  double tuplet_factor = 1;
  std::int64_t tuplet_left = 0;
  Alterations key{};
  Alterations accidentals{};  ///< of this bar
  std::array<bool, 7> altered{};
  double unit = 1.0 / 8;
};

class Scanner {
 public:
  explicit Scanner(std::vector<std::uint64_t>& digests) : digests_(digests) { begin_tune(); }

  void scan(std::string_view text) {
    while (!text.empty()) {
      const auto end = std::min(text.find('\n'), text.size());
      line(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    end_tune();
  }

 private:
  void begin_tune() {
    header_ = true;
    compound_ = false;
    unit_given_ = false;
    defaults_ = {};
    voices_.clear();
    voice_ = nullptr;
  }

  void end_tune() {
    for (auto& [name, voice] : voices_) flush(voice);
  }

  void line(std::string_view line) {
    if (line.empty() || line[0] == '%') return;
    if (line.size() > 1 && is_letter(line[0]) && line[1] == ':') return field(line[0], line.substr(2));
    music(line.substr(0, line.find('%')));
  }

  void field(char tag, std::string_view value) {
    switch (tag) {
      case 'X':
        end_tune();
        begin_tune();
        break;
      case 'M':
        meter(trimmed(value));
        break;
      case 'L': {
        value = trimmed(value);
        std::size_t at = 0;
        const double unit = length_factor(value, at);
        if (at == 0) break;
        (header_ ? defaults_ : voice()).unit = unit;
        unit_given_ = true;
        break;
      }
      case 'K':
        (header_ ? defaults_ : voice()).key = key_of(value);
        header_ = false;
        break;
      case 'V':
        change_voice(trimmed(value));
        break;
      default:
        break;
    }
  }

  void meter(std::string_view value) {
    std::size_t at = 0;
    const double beats = number(value, at, 0);
    compound_ = beats > 3 && std::fmod(beats, 3) == 0;
    if (at == 0 || at >= value.size() || value[at] != '/' || unit_given_ || !header_) return;
    const double beat = number(value, ++at, 4);
    if (beat > 0) defaults_.unit = beats / beat < 0.75 ? 1.0 / 16 : 1.0 / 8;
  }

  void change_voice(std::string_view value) {
    const std::string name(value.substr(0, value.find_first_of(" \t")));
    // In the header voices are only announced; what is set there later is theirs too.
    if (header_) return;
    voice_ = &voices_.try_emplace(name, defaults_).first->second;
  }

  Voice& voice() {
    if (!voice_) voice_ = &voices_.try_emplace("", defaults_).first->second;
    return *voice_;
  }

  void flush(Voice& voice) {
    if (voice.pending.sounds) voice.window.add(voice.pending, digests_);
    voice.pending = {};
  }

  void add(Event event) {
    Voice& voice = this->voice();
    flush(voice);
    event.length *= voice.unit * voice.next_factor;
    voice.next_factor = 1;
    if (voice.tuplet_left > 0) {
      event.length *= voice.tuplet_factor;
      --voice.tuplet_left;
    }
    voice.pending = event;
  }

  void bar() { voice().altered = {}; }

  void music(std::string_view text) {
    // Without a bracket that closes, one that opens means nothing; asked once, so that time stays linear.
    const auto last_close = text.rfind(']');
    bool grace = false;
    for (std::size_t at = 0; at < text.size();) {
      const char c = text[at];
      if (c == '"' || c == '!') {
        const auto end = text.find(c, at + 1);
        at = end == std::string_view::npos ? at + 1 : end + 1;
      } else if (c == '{' || c == '}') {
        grace = c == '{';
        ++at;
      } else if (c == '[') {
        bracket(text, at, last_close != std::string_view::npos && last_close > at, grace);
      } else if (c == '(' && at + 1 < text.size() && is_digit(text[at + 1])) {
        tuplet(text, ++at);
      } else if (c == '>' || c == '<') {
        broken_rhythm(text, at);
      } else if (c == '|' || c == ':') {
        bar();
        ++at;
      } else if (c == 'z' || c == 'x' || c == 'Z' || c == 'X') {
        Event rest;
        rest.length = length_factor(text, ++at);
        if (!grace) add(rest);
      } else {
        note_at(text, at, grace);
      }
    }
  }

  /// A note, or whatever else stands there and means nothing here: `at` moves on in any case.
  void note_at(std::string_view text, std::size_t& at, bool grace) {
    const std::size_t begin = at;
    int pitch = 0;
    if (!read_pitch(text, at, pitch)) {
      at = std::max(at, begin + 1);
      return;
    }
    const Event event{true, pitch, 0, length_factor(text, at)};
    if (!grace) add(event);
  }

  bool read_pitch(std::string_view text, std::size_t& at, int& pitch) {
    int accidental = 0;
    bool given = false;
    for (; at < text.size() && (text[at] == '^' || text[at] == '_' || text[at] == '='); ++at) {
      accidental = std::clamp(accidental + (text[at] == '^') - (text[at] == '_'), -2, 2);
      given = true;
    }
    const int step = at < text.size() ? step_of(text[at]) : -1;
    if (step < 0) return false;
    const auto index = static_cast<std::size_t>(step);
    int octave = text[at] >= 'a' ? 1 : 0;
    for (++at; at < text.size() && (text[at] == '\'' || text[at] == ','); ++at)
      octave = std::clamp(octave + (text[at] == '\'' ? 1 : -1), -10, 10);
    Voice& voice = this->voice();
    if (given) {
      voice.accidentals[index] = accidental;
      voice.altered[index] = true;
    }
    pitch = 12 * octave + semitones_of_step[index] + (voice.altered[index] ? voice.accidentals[index] : voice.key[index]);
    return true;
  }

  /// A chord, an inline field, or the number of an ending.
  void bracket(std::string_view text, std::size_t& at, bool closes, bool grace) {
    ++at;
    if (!closes || at >= text.size() || is_digit(text[at]) || text[at] == '|') return;
    if (at + 1 < text.size() && is_letter(text[at]) && text[at + 1] == ':') {
      const auto end = text.find(']', at);
      field(text[at], text.substr(at + 2, end - at - 2));
      at = end + 1;
      return;
    }
    chord(text, at, grace);
  }

  void chord(std::string_view text, std::size_t& at, bool grace) {
    std::vector<int> pitches;
    double length = 1;
    while (at < text.size() && text[at] != ']' && text[at] != '|') {
      int pitch = 0;
      if (!read_pitch(text, at, pitch)) {
        if (at < text.size() && text[at] != ']' && text[at] != '|') ++at;
        continue;
      }
      const double own = length_factor(text, at);
      if (pitches.empty()) length = own;
      pitches.push_back(pitch);
    }
    if (at < text.size() && text[at] == ']') length *= length_factor(text, ++at);
    if (pitches.empty() || grace) return;
    Event event{true, *std::max_element(pitches.begin(), pitches.end()), 0, length};
    for (const int pitch : pitches)
      if (pitch != event.pitch) event.shape += etude::mix_bits(static_cast<std::uint64_t>(event.pitch - pitch));
    add(event);
  }

  /// "(3", "(3:2", "(3:2:4": p notes in the time of q, for the next r.
  void tuplet(std::string_view text, std::size_t& at) {
    const double p = std::max(1.0, number(text, at, 3));
    double q = 0, r = p;
    if (at < text.size() && text[at] == ':') q = number(text, ++at, 0);
    if (at < text.size() && text[at] == ':') r = number(text, ++at, p);
    if (q <= 0) q = p == 2 || p == 4 || p == 8 ? 3 : p == 3 || p == 6 ? 2 : compound_ ? 3 : 2;
    voice().tuplet_factor = q / p;
    voice().tuplet_left = static_cast<std::int64_t>(r);
  }

  void broken_rhythm(std::string_view text, std::size_t& at) {
    const char sign = text[at];
    double part = 1;
    for (; at < text.size() && text[at] == sign; ++at) part = std::max(part / 2, 1.0 / 64);
    Voice& voice = this->voice();
    voice.pending.length *= sign == '>' ? 2 - part : part;
    voice.next_factor = sign == '>' ? part : 2 - part;
  }

  std::vector<std::uint64_t>& digests_;
  bool header_ = true, compound_ = false, unit_given_ = false;
  Voice defaults_;
  std::unordered_map<std::string, Voice> voices_;
  Voice* voice_ = nullptr;
};

}  // namespace

void append_sequences(std::string_view text, std::vector<std::uint64_t>& digests) { Scanner(digests).scan(text); }

}  // namespace metric_music
