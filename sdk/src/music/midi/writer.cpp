// Score -> MIDI: a conductor track, then a track for every part.
#include <algorithm>
#include <cmath>
#include <etude/music/midi.hpp>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <unordered_set>
#include <utility>
#include <vector>

#include "file.hpp"
#include "tempo_words.hpp"
#include "timeline.hpp"

namespace etude::music {

MidiExportError::~MidiExportError() = default;

namespace {

__extension__ using Wide = __int128;

constexpr std::uint8_t note_off = 0x80, note_on = 0x90, pitch_bend = 0xE0;
constexpr std::uint8_t track_name = 0x03, set_tempo = 0x51, time_signature = 0x58, key_signature = 0x59;

/// A place in ticks: the nearest, of two as near the even one.
std::int64_t ticks(const Fraction& quarters) {
  constexpr std::int64_t limit = std::int64_t{1} << 61;
  if (quarters.negative()) return 0;
  const std::int64_t denominator = quarters.denominator();
  if (denominator == 1 && quarters.numerator() < limit / ticks_per_quarter) return quarters.numerator() * ticks_per_quarter;
  const Wide scaled = Wide{quarters.numerator()} * ticks_per_quarter;
  Wide whole = scaled / denominator;
  const Wide twice_rest = 2 * (scaled % denominator);
  if (twice_rest > denominator || (twice_rest == denominator && whole % 2 != 0)) ++whole;
  return static_cast<std::int64_t>(std::min<Wide>(whole, limit));
}

/// The MIDI number of a pitch. One that is too high or low is moved by octaves until it fits.
std::uint8_t midi_number(const Pitch& pitch) {
  static constexpr int steps[] = {9, 11, 0, 2, 4, 5, 7};  // A to G above C
  const std::int64_t number =
      12 * (std::int64_t{pitch.octave} + 1) + steps[static_cast<unsigned char>(pitch.step - 'A') % 7] + pitch.alteration;
  const auto within_octave = ((number % 12) + 12) % 12;
  if (number > 127) return static_cast<std::uint8_t>(within_octave <= 7 ? 120 + within_octave : 108 + within_octave);
  if (number < 0) return static_cast<std::uint8_t>(within_octave);
  return static_cast<std::uint8_t>(number);
}

/// Loudness: 90 for a plain note, more for articulations that stress it.
std::uint8_t velocity_of(const Articulations& signs) {
  double loudness = 0.5 + 0.20866;
  if (signs.has(Articulation::staccato)) loudness += 0.05;
  if (signs.has(Articulation::tenuto)) loudness -= 0.05;
  if (signs.has(Articulation::accent)) loudness += 0.1;
  if (signs.has(Articulation::strong_accent)) loudness += 0.15;
  return static_cast<std::uint8_t>(std::lround(std::min(loudness, 1.0) * 127));
}

struct NoteEvent {
  std::int64_t tick = 0;
  std::uint8_t status = 0, pitch = 0, velocity = 0;
};

/// Adds the beginning and the end of a sound to the events of a track.
void sound(const Placed& placed, std::span<const Pitch> pitches, std::uint8_t velocity, std::vector<NoteEvent>& begins,
           std::vector<NoteEvent>& ends) {
  const std::int64_t begin = ticks(placed.offset), end = begin + ticks(placed.length);
  for (const Pitch& pitch : pitches) {
    const std::uint8_t number = midi_number(pitch);
    begins.push_back({begin, note_on, number, velocity});
    ends.push_back({end, note_off, number, 0});
  }
}

/// A track of one part. At one tick notes end before others begin, so that a grace note, which takes no time, has no end.
std::string note_track(const std::vector<Placed>& notes) {
  std::vector<NoteEvent> begins, ends;
  begins.reserve(notes.size());
  ends.reserve(notes.size());
  for (const Placed& placed : notes) {
    if (const auto* note = std::get_if<Note>(&placed.element->item)) {
      sound(placed, {&note->pitch, 1}, velocity_of(note->articulations), begins, ends);
    } else if (const auto* chord = std::get_if<Chord>(&placed.element->item)) {
      sound(placed, chord->pitches, velocity_of(chord->articulations), begins, ends);
    } else if (const auto* symbol = std::get_if<ChordSymbol>(&placed.element->item)) {
      sound(placed, symbol->pitches, velocity_of({}), begins, ends);
    }
  }
  const auto earlier = [](const NoteEvent& a, const NoteEvent& b) { return a.tick < b.tick; };
  std::stable_sort(ends.begin(), ends.end(), earlier);

  MidiTrackWriter track;
  track.meta(0, track_name, {});
  auto end = ends.begin();
  const auto end_notes_until = [&](std::int64_t tick) {
    for (; end != ends.end() && end->tick <= tick; ++end) track.event(end->tick, {end->status, end->pitch, end->velocity});
  };
  if (!begins.empty()) {
    end_notes_until(0);
    track.event(0, {pitch_bend, 0x00, 0x40});  // none
  }
  for (const NoteEvent& begin : begins) {
    end_notes_until(begin.tick);
    track.event(begin.tick, {begin.status, begin.pitch, begin.velocity});
  }
  end_notes_until(std::numeric_limits<std::int64_t>::max());
  return track.finish(ticks_per_quarter);
}

/// A meta event of the conductor track. At one tick tempi come first, then keys, then meters.
struct ConductorEvent {
  std::int64_t tick = 0;
  int rank = 0;
  std::uint8_t type = 0;
  std::string data;
};

std::string bytes_of(std::initializer_list<std::int64_t> values) {
  std::string bytes;
  for (const std::int64_t value : values) bytes += static_cast<char>(value & 0xFF);
  return bytes;
}

std::optional<ConductorEvent> event_of(const Tempo& tempo, std::int64_t tick) {
  const std::optional<double> number = tempo.number ? tempo.number : beats_a_minute(tempo.text);
  if (!number) return std::nullopt;
  // The same steps as music21's, for the same rounding.
  const double seconds_a_quarter = 60 / *number / tempo.beat.value_or(1);
  const double microseconds = std::nearbyint(60'000'000 / (60 / seconds_a_quarter));
  if (!std::isfinite(seconds_a_quarter) || seconds_a_quarter == 0 || !std::isfinite(microseconds)) {
    throw MidiExportError("tempo of zero", "give the tempo a number of beats a minute above 0");
  }
  // What does not fit in three bytes loses its upper ones.
  constexpr double range = 1 << 24;
  const double within = std::fmod(microseconds, range);
  const auto whole = static_cast<std::int64_t>(within < 0 ? within + range : within);
  return ConductorEvent{tick, 0, set_tempo, bytes_of({whole >> 16, whole >> 8, whole})};
}

std::optional<ConductorEvent> event_of(const Key& key, std::int64_t tick) {
  return ConductorEvent{tick, 1, key_signature, bytes_of({key.sharps, key.mode == "minor" ? 1 : 0})};
}

std::optional<ConductorEvent> event_of(const MeterPointer& meter, std::int64_t tick) {
  constexpr std::int64_t clocks_a_click = 24, thirty_seconds_a_quarter = 8;
  if (meter->beats > 255) return std::nullopt;
  std::int64_t exponent = 0;
  while (meter->unit >> (exponent + 1) > 0) ++exponent;
  return ConductorEvent{tick, 2, time_signature, bytes_of({meter->beats, exponent, clocks_a_click, thirty_seconds_a_quarter})};
}

/// The meters, keys and tempi of all parts in one track.
class Conductor {
 public:
  /// Takes the signs of one kind from all parts, one part behind the other. One that is not later than the one before it is left
  /// out, which at the start of another part is the one at the end of the part before.
  template <class Sign>
  void take(const std::vector<Timeline>& parts, std::vector<PlacedSign<Sign>> Timeline::*signs) {
    std::optional<Fraction> last;
    for (const Timeline& part : parts) {
      for (const auto& placed : part.*signs) {
        if (!last || placed.offset > *last) {
          any_ = true;
          if constexpr (std::is_same_v<Sign, MeterPointer>) refuse_twice(placed);
          if (auto event = event_of(*placed.sign, ticks(placed.offset))) events_.push_back(std::move(*event));
        }
        last = placed.offset;
      }
    }
  }

  /// Whether `take` found anything since this was last asked.
  bool took_any() { return std::exchange(any_, false); }

  void add(ConductorEvent event) { events_.push_back(std::move(event)); }

  std::string track() {
    std::stable_sort(events_.begin(), events_.end(), [](const ConductorEvent& a, const ConductorEvent& b) {
      return a.tick == b.tick ? a.rank < b.rank : a.tick < b.tick;
    });
    MidiTrackWriter track;
    for (const ConductorEvent& event : events_) track.meta(event.tick, event.type, event.data);
    return track.finish(ticks_per_quarter);
  }

 private:
  void refuse_twice(const PlacedSign<MeterPointer>& placed) {
    if (placed.copied) return;
    if (!meters_.insert(placed.sign->get()).second) {
      throw MidiExportError(
          "meter object found twice: a bar lasts longer than its meter, and music21 gives the bar after it the meter before",
          "make every bar as long as its meter says");
    }
  }

  std::vector<ConductorEvent> events_;
  std::unordered_set<const Meter*> meters_;
  bool any_ = false;
};

std::string conductor_track(const std::vector<Timeline>& parts) {
  Conductor conductor;
  conductor.take(parts, &Timeline::tempi);
  if (!conductor.took_any()) conductor.add(*event_of(Tempo{{}, 120.0, {}}, 0));
  conductor.take(parts, &Timeline::meters);
  if (!conductor.took_any()) conductor.add(*event_of(std::make_shared<const Meter>(), 0));
  conductor.take(parts, &Timeline::keys);
  return conductor.track();
}

std::string write_midi(const Tune& tune) {
  // Nested repeats multiply: this is where they end, at some 200 MB.
  std::size_t allowance = std::size_t{1} << 21;
  for (const Part& part : tune.parts) {
    for (const Measure& measure : part.measures) allowance += 4 * (1 + measure.elements.size());
  }
  const bool any_measures =
      std::any_of(tune.parts.begin(), tune.parts.end(), [](const Part& part) { return !part.measures.empty(); });
  std::vector<Timeline> parts;
  for (const Part& part : tune.parts) parts.push_back(lay_out(part, any_measures, allowance));

  std::vector<std::string> tracks{conductor_track(parts)};
  for (Timeline& part : parts) {
    join_ties(part.notes);
    tracks.push_back(note_track(part.notes));
  }
  return midi_file(tracks, ticks_per_quarter);
}

}  // namespace

std::string write_midi(const Score& score) {
  std::optional<std::string> file;
  for (const Tune& tune : score.tunes) file = write_midi(tune);
  if (!file) throw MidiExportError("no tune to export", "give at least one tune");
  return std::move(*file);
}

}  // namespace etude::music
