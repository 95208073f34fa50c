// MIDI files by hand, for tests: the oracle writes the same events with other notes.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

namespace etude::testing {

inline std::string big_endian(std::size_t value, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(value >> (8 * i) & 0xFF);
  return out;
}

/// A number of variable length.
inline std::string midi_number(std::size_t value) {
  std::string out(1, static_cast<char>(value & 0x7F));
  while (value >>= 7) out.insert(out.begin(), static_cast<char>((value & 0x7F) | 0x80));
  return out;
}

/// One event after `wait` ticks; bytes as given, without a status where it runs on.
inline std::string midi_event(std::size_t wait, std::initializer_list<int> bytes) {
  std::string out = midi_number(wait);
  for (const int byte : bytes) out += static_cast<char>(byte);
  return out;
}

inline std::string midi_meta(int kind, std::initializer_list<int> bytes) {
  std::string out = midi_event(0, {0xFF, kind}) + midi_number(bytes.size());
  for (const int byte : bytes) out += static_cast<char>(byte);
  return out;
}

/// Crotchets, one after another.
inline std::string midi_notes(const std::vector<int>& notes, int channel = 0) {
  std::string out;
  for (const int note : notes) out += midi_event(0, {0x90 | channel, note, 80}) + midi_event(480, {0x80 | channel, note, 0});
  return out;
}

inline std::string midi_chunk(const std::string& kind, const std::string& content) {
  return kind + big_endian(content.size(), 4) + content;
}

inline std::string midi_header(int format, std::size_t tracks, int division = 480) {
  return midi_chunk("MThd", big_endian(static_cast<std::size_t>(format), 2) + big_endian(tracks, 2) +
                                big_endian(static_cast<std::size_t>(division), 2));
}

/// Tracks get their end.
inline std::string midi_file(const std::vector<std::string>& tracks, int format = 1, int division = 480) {
  std::string out = midi_header(format, tracks.size(), division);
  for (const auto& track : tracks) out += midi_chunk("MTrk", track + midi_meta(0x2F, {}));
  return out;
}

}  // namespace etude::testing
