#include "transpose.hpp"

#include <cstdint>
#include <etude/error.hpp>
#include <optional>
#include <string_view>

namespace dataset_music {
namespace {

using etude::text;

constexpr int drums = 9;  // channel 10, counted from 0

/// Why a file cannot be moved. Never leaves this file.
struct Refusal {
  std::string reason;
};

/// How many fifths up: 0 for C major and A minor, 1 for a sharp more.
int moved_key(int sharps, int semitones) {
  if (semitones % 12 == 0) return sharps;
  // A semitone up is seven fifths up; keys that sound alike differ by twelve. The simplest, and of six sharps and six flats
  // the sharps.
  const int moved = ((sharps + 7 * semitones) % 12 + 12) % 12;
  return moved > 6 ? moved - 12 : moved;
}

/// The events of one track, one after another.
class Track {
 public:
  /// @param begin, end  of the events in `midi`
  Track(std::string& midi, std::size_t begin, std::size_t end, int semitones)
      : midi_(midi), at_(begin), end_(end), semitones_(semitones) {}

  /// @return the number of notes moved (their beginnings)
  std::int64_t move() {
    while (skip_number() && at_ < end_) event();
    return notes_;
  }

 private:
  int byte() const { return static_cast<unsigned char>(midi_[at_]); }
  std::size_t left() const { return end_ - at_; }
  void skip(std::size_t count) { at_ += std::min(count, left()); }

  /// Passes a number of variable length; false where the track ends in it.
  bool skip_number() { return number().has_value(); }
  std::optional<std::size_t> number() {
    std::size_t value = 0;
    while (at_ < end_) {
      const int next = byte();
      ++at_;
      value = value << 7 | (next & 0x7F);
      if (next < 0x80) return value;
    }
    return std::nullopt;
  }

  void event() {
    if (byte() == 0xFF) return meta();
    if (byte() == 0xF0 || byte() == 0xF7) {
      ++at_;
      return skip(number().value_or(0));
    }
    if (byte() > 0xF0) throw Refusal{text("a byte ", byte(), " where an event should begin")};
    if (byte() >= 0x80) {
      status_ = byte();
      ++at_;
    }
    if (status_ == 0) throw Refusal{"a running status before any status"};
    channel_event();
  }

  void channel_event() {
    const int kind = status_ >> 4;
    const std::size_t size = kind == 0xC || kind == 0xD ? 1 : 2;
    if (left() < size) return skip(size);
    if ((kind == 0x8 || kind == 0x9 || kind == 0xA) && (status_ & 15) != drums) move_note(kind);
    skip(size);
  }

  void move_note(int kind) {
    const int note = byte(), velocity = static_cast<unsigned char>(midi_[at_ + 1]);
    if (note > 127) throw Refusal{text("a note ", note)};
    const int moved = note + semitones_;
    if (moved < 0 || moved > 127) throw Refusal{text("note ", note, " would become ", moved)};
    midi_[at_] = static_cast<char>(moved);
    if (kind == 0x9 && velocity > 0) ++notes_;
  }

  void meta() {
    skip(1);
    const int kind = at_ < end_ ? byte() : 0;
    skip(1);
    const std::size_t size = number().value_or(0);
    constexpr int key_signature = 0x59;
    if (kind == key_signature && size == 2 && left() >= 2) {
      const int sharps = static_cast<signed char>(midi_[at_]);
      if (sharps >= -7 && sharps <= 7) midi_[at_] = static_cast<char>(moved_key(sharps, semitones_));
    }
    skip(size);
  }

  std::string& midi_;
  std::size_t at_, end_;
  int semitones_;
  int status_ = 0;  ///< of the last channel event, which the next may leave out; other events do not end that
  std::int64_t notes_ = 0;
};

std::size_t length_at(std::string_view midi, std::size_t at) {
  std::size_t length = 0;
  for (std::size_t i = 0; i < 4; ++i) length = length << 8 | static_cast<unsigned char>(midi[at + i]);
  return length;
}

/// Where the header ends. @throws Refusal if there is none
std::size_t header_end(std::string_view midi) {
  if (!midi.starts_with("MThd") || midi.size() < 14 || length_at(midi, 4) < 6 || length_at(midi, 4) > midi.size() - 8)
    throw Refusal{"no header of a MIDI file"};
  return 8 + length_at(midi, 4);
}

std::int64_t move_tracks(std::string& midi, int semitones) {
  std::int64_t notes = 0;
  // What stands between tracks, chunks of other kinds too, is passed over as midi2abc does it: to the next "MTrk".
  for (std::size_t at = header_end(midi); (at = midi.find("MTrk", at)) != std::string::npos && at + 8 <= midi.size();) {
    const std::size_t begin = at + 8, end = begin + std::min(length_at(midi, at + 4), midi.size() - begin);
    notes += Track(midi, begin, end, semitones).move();
    at = end;
  }
  return notes;
}

}  // namespace

Transposed transpose(std::string midi, int semitones) {
  try {
    if (move_tracks(midi, semitones) == 0) throw Refusal{"no note of a pitched channel"};
    return {std::move(midi), {}};
  } catch (const Refusal& refusal) {
    return {{}, refusal.reason};
  }
}

}  // namespace dataset_music
