#include "file.hpp"

#include <algorithm>
#include <array>

namespace etude::music {

namespace {

void append_number(std::string& bytes, std::int64_t value, int width) {
  for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) bytes += static_cast<char>((value >> shift) & 0xFF);
}

/// Seven bits a byte, highest first; all but the last have the top bit set.
void append_variable_length(std::string& bytes, std::int64_t value) {
  std::array<char, 10> groups{};
  std::size_t count = 0;
  do {
    groups[count++] = static_cast<char>(value & 0x7F);
    value >>= 7;
  } while (value > 0);
  while (count-- > 0) bytes += static_cast<char>(groups[count] | (count > 0 ? 0x80 : 0));
}

constexpr std::uint8_t meta_event = 0xFF, end_of_track = 0x2F;

}  // namespace

void MidiTrackWriter::wait_until(std::int64_t tick) {
  append_variable_length(bytes_, std::max<std::int64_t>(tick - now_, 0));
  now_ = std::max(now_, tick);
}

void MidiTrackWriter::event(std::int64_t tick, std::initializer_list<std::uint8_t> bytes) {
  wait_until(tick);
  for (const std::uint8_t byte : bytes) bytes_ += static_cast<char>(byte);
}

void MidiTrackWriter::meta(std::int64_t tick, std::uint8_t type, std::string_view data) {
  event(tick, {meta_event, type});
  append_variable_length(bytes_, static_cast<std::int64_t>(data.size()));
  bytes_ += data;
}

std::string MidiTrackWriter::finish(std::int64_t ticks_after) {
  meta(now_ + ticks_after, end_of_track, {});
  std::string chunk = "MTrk";
  append_number(chunk, static_cast<std::int64_t>(bytes_.size()), 4);
  chunk += bytes_;
  return chunk;
}

std::string midi_file(const std::vector<std::string>& tracks, std::int64_t ticks_a_quarter) {
  std::string file = "MThd";
  append_number(file, 6, 4);
  append_number(file, 1, 2);
  append_number(file, static_cast<std::int64_t>(tracks.size()), 2);
  append_number(file, ticks_a_quarter, 2);
  for (const std::string& track : tracks) file += track;
  return file;
}

}  // namespace etude::music
