// Notes read from MIDI files written byte by byte.
#include <etude/music/midi.hpp>
#include <string>

#include "catch.hpp"

using namespace etude::music;
using Catch::Contains;

namespace {

std::string bytes(std::initializer_list<int> values) {
  std::string made;
  for (const int value : values) made += static_cast<char>(value);
  return made;
}

/// A file with one track of these events.
std::string file(const std::string& events) {
  const auto size = static_cast<int>(events.size());
  return "MThd" + bytes({0, 0, 0, 6, 0, 1, 0, 1, 0x27, 0x60}) + "MTrk" + bytes({0, 0, size >> 8, size & 0xFF}) + events;
}

}  // namespace

TEST_CASE("A note lasts from its on to its off, whichever way that is written") {
  CHECK(read_midi_notes(file(bytes({0, 0x90, 60, 90, 10, 0x80, 60, 0}))) == std::vector<MidiNote>{{0, 60, 10}});
  CHECK(read_midi_notes(file(bytes({5, 0x90, 60, 90, 10, 60, 0}))) == std::vector<MidiNote>{{5, 60, 10}});
}

TEST_CASE("Of two notes of one pitch the older one ends first") {
  CHECK(read_midi_notes(file(bytes({0, 0x90, 60, 90, 1, 60, 90, 2, 0x80, 60, 0, 4, 60, 0}))) ==
        std::vector<MidiNote>{{0, 60, 3}, {1, 60, 6}});
}

TEST_CASE("Channels do not end each other's notes") {
  CHECK(read_midi_notes(file(bytes({0, 0x90, 60, 90, 1, 0x81, 60, 0, 1, 0x80, 60, 0}))) == std::vector<MidiNote>{{0, 60, 2}});
}

TEST_CASE("A note that never ends is left out, and so is an end without a note") {
  CHECK(read_midi_notes(file(bytes({0, 0x80, 62, 0, 0, 0x90, 60, 90}))).empty());
}

TEST_CASE("Tempo changes are notes of pitch -1") {
  CHECK(read_midi_notes(file(bytes({0x81, 0, 0xFF, 0x51, 3, 0x07, 0xA1, 0x20}))) ==
        std::vector<MidiNote>{{128, MidiNote::tempo, 500000}});
}

TEST_CASE("Other events are passed over, however long they are") {
  const std::string events =
      bytes({0, 0xF0, 2, 1, 0xF7, 0, 0xC3, 7, 0, 0xE0, 0, 64, 0, 0xFF, 1, 1, 65, 0, 0x90, 60, 1, 1, 60, 0});
  CHECK(read_midi_notes(file(events)) == std::vector<MidiNote>{{0, 60, 1}});
}

TEST_CASE("Waiting times of any number of bytes are read") {
  CHECK(read_midi_notes(file(bytes({0, 0x90, 60, 90, 0x81, 0x80, 0x80, 0x80, 0x80, 0, 60, 0}))) ==
        std::vector<MidiNote>{{0, 60, std::int64_t{1} << 35}});
}

TEST_CASE("A file that is cut off says where") {
  const std::string whole = file(bytes({0, 0x90, 60, 90, 10, 0x80, 60, 0}));
  for (std::size_t size = 0; size < whole.size(); ++size) {
    if (size == 14) continue;  // a header alone is a file without tracks
    CHECK_THROWS_WITH(read_midi_notes(whole.substr(0, size)), Contains("no whole MIDI file"));
  }
}
