// Bytes of Standard MIDI Files.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace etude::music {

/// The events of one track, written in order of time.
class MidiTrackWriter {
 public:
  /// An event at `tick`, which is never earlier than the one before.
  void event(std::int64_t tick, std::initializer_list<std::uint8_t> bytes);
  /// A meta event: its type, then what it carries.
  void meta(std::int64_t tick, std::uint8_t type, std::string_view data);
  /// Ends the track `ticks_after` the last event and gives its chunk, header included.
  std::string finish(std::int64_t ticks_after);

 private:
  void wait_until(std::int64_t tick);

  std::string bytes_;
  std::int64_t now_ = 0;
};

/// A file of format 1 of these track chunks.
std::string midi_file(const std::vector<std::string>& tracks, std::int64_t ticks_a_quarter);

}  // namespace etude::music
