// Standard MIDI File -> notes.
#include <algorithm>
#include <etude/music/midi.hpp>
#include <utility>

namespace etude::music {

namespace {

/// Numbers beyond this are taken for this.
constexpr std::int64_t latest = std::int64_t{1} << 61;

[[noreturn]] void broken(const std::string& what, std::size_t where) {
  throw Error("this is no whole MIDI file: " + what + " at byte " + std::to_string(where), "write it again");
}

/// Takes numbers and runs of bytes from a file, front to back.
class Bytes {
 public:
  Bytes(std::string_view file, std::size_t begin, std::size_t end) : file_(file), position_(begin), end_(end) {}

  bool done() const { return position_ >= end_; }
  std::size_t position() const { return position_; }

  std::uint8_t byte() {
    if (done()) broken("it ends too early", position_);
    return static_cast<std::uint8_t>(file_[position_++]);
  }
  std::uint8_t peek() const { return done() ? std::uint8_t{0} : static_cast<std::uint8_t>(file_[position_]); }
  std::int64_t number(int width) {
    std::int64_t value = 0;
    while (width-- > 0) value = value << 8 | byte();
    return value;
  }
  std::int64_t variable_length() {
    std::int64_t value = 0;
    while (true) {
      const std::uint8_t next = byte();
      value = value > latest >> 7 ? latest : (value << 7 | (next & 0x7F));
      if (next < 0x80) return value;
    }
  }
  std::string_view run(std::int64_t size) {
    if (size < 0 || static_cast<std::uint64_t>(size) > end_ - position_)
      broken("a chunk or event is longer than what is left", position_);
    const std::string_view bytes = file_.substr(position_, static_cast<std::size_t>(size));
    position_ += bytes.size();
    return bytes;
  }

 private:
  std::string_view file_;
  std::size_t position_, end_;
};

constexpr std::uint8_t note_off = 0x80, note_on = 0x90, program_change = 0xC0, channel_pressure = 0xD0;
constexpr std::uint8_t set_tempo = 0x51;

struct NoteEvent {
  std::int64_t tick;
  std::uint8_t channel, pitch;
  bool begins;
};

/// The note events of a track; tempo changes go straight to `notes`.
std::vector<NoteEvent> read_track(Bytes track, std::vector<MidiNote>& notes) {
  std::vector<NoteEvent> events;
  std::int64_t tick = 0;
  std::uint8_t running_status = 0;
  while (!track.done()) {
    tick = std::min(tick + track.variable_length(), latest);
    std::uint8_t status = track.peek();
    if (status >= 0x80) {
      track.byte();
    } else if (running_status != 0) {
      status = running_status;
    } else {
      broken("an event has no status", track.position());
    }
    if (status == 0xFF) {
      const std::uint8_t type = track.byte();
      const std::string_view data = track.run(track.variable_length());
      if (type == set_tempo && data.size() == 3) {
        notes.push_back({tick, MidiNote::tempo, Bytes(data, 0, 3).number(3)});
      }
    } else if (status >= 0xF0) {
      track.run(track.variable_length());
    } else {
      running_status = status;
      const auto kind = static_cast<std::uint8_t>(status & 0xF0);
      const std::uint8_t first = track.byte();
      const std::uint8_t second = kind == program_change || kind == channel_pressure ? std::uint8_t{0} : track.byte();
      if (kind == note_on || kind == note_off) {
        events.push_back({tick, static_cast<std::uint8_t>(status & 0x0F), static_cast<std::uint8_t>(first & 0x7F),
                          kind == note_on && second != 0});
      }
    }
  }
  return events;
}

/// An end belongs to the oldest note of its pitch and channel that still sounds.
void pair_notes(const std::vector<NoteEvent>& events, std::vector<MidiNote>& notes) {
  constexpr std::uint32_t none = 0xFFFFFFFF;
  struct Sounding {
    std::uint32_t oldest = none, newest = none;
  };
  std::vector<Sounding> sounding(std::size_t{16} * 128);
  std::vector<std::uint32_t> next(events.size(), none);
  for (std::uint32_t i = 0; i < events.size(); ++i) {
    const NoteEvent& event = events[i];
    auto& [oldest, newest] = sounding[std::size_t{event.channel} * 128 + event.pitch];
    if (event.begins) {
      (oldest == none ? oldest : next[newest]) = i;
      newest = i;
    } else if (oldest != none) {
      notes.push_back({events[oldest].tick, event.pitch, event.tick - events[oldest].tick});
      oldest = next[oldest];
    }
  }
}

}  // namespace

std::vector<MidiNote> read_midi_notes(std::string_view file) {
  Bytes bytes(file, 0, file.size());
  if (bytes.run(std::min<std::int64_t>(4, static_cast<std::int64_t>(file.size()))) != "MThd")
    broken("it does not begin with MThd", 0);
  bytes.run(bytes.number(4));
  std::vector<MidiNote> notes;
  while (!bytes.done()) {
    const bool is_track = bytes.run(4) == "MTrk";
    const std::int64_t size = bytes.number(4);
    const std::size_t begin = bytes.position();
    bytes.run(size);
    if (is_track) pair_notes(read_track(Bytes(file, begin, bytes.position()), notes), notes);
  }
  std::sort(notes.begin(), notes.end());
  return notes;
}

}  // namespace etude::music
