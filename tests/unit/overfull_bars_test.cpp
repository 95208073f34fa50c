// Bars that last longer than their meter, as music21 9.9.1 reads and exports them: what is expected here is what it wrote.
#include <etude/music/abc.hpp>
#include <etude/music/midi.hpp>
#include <string>
#include <utility>
#include <vector>

#include "catch.hpp"
#include "heard_notes.hpp"

using namespace etude::music;
using Catch::Contains;
using namespace heard_notes;

namespace {

constexpr std::int64_t quarter = ticks_per_quarter;

std::string midi_of(const std::string& bars, const std::string& meter = "4/4") {
  return write_midi(read_abc("X:1\nM:" + meter + "\nL:1/4\nK:C\n" + bars + "\n", Reading::music21));
}

/// The meters of the conductor track: beats and unit.
std::vector<std::pair<int, int>> meters_of(const std::string& midi) {
  static const std::string event = "\xff\x58\x04";
  std::vector<std::pair<int, int>> meters;
  for (std::size_t at = midi.find(event); at != std::string::npos; at = midi.find(event, at + 1)) {
    meters.emplace_back(midi[at + 3], 1 << midi[at + 4]);
  }
  return meters;
}

using Meters = std::vector<std::pair<int, int>>;

}  // namespace

TEST_CASE("What runs over in the last bar becomes a bar of its own, with a meter that fits") {
  const std::string midi = midi_of("C4|CDEFG|");
  CHECK(pitches_of(midi) == std::vector<std::int64_t>{60, 60, 62, 64, 65, 67});
  CHECK(meters_of(midi) == Meters{{4, 4}, {1, 4}});
}

TEST_CASE("An overfull bar before another cannot be exported: the bar behind it gets the meter object of the bar before") {
  CHECK_THROWS_WITH(midi_of("CDEFG|ABcd|"), Contains("meter object found twice"));
}

TEST_CASE("A note across the bar is cut, tied, and sounds once") {
  CHECK(notes_of(midi_of("z4|C8D8|")) == std::vector<MidiNote>{{4 * quarter, 60, 8 * quarter}, {12 * quarter, 62, 8 * quarter}});
}

TEST_CASE("Three quarters that run over are six eighths when their beats are as strong there") {
  CHECK(meters_of(midi_of("z|CDEF|", "1/4")) == Meters{{1, 4}, {3, 4}});
  CHECK(meters_of(midi_of("z|CD3/2E3/2|", "1/4")) == Meters{{1, 4}, {6, 8}});
}

TEST_CASE("Six quarters that run over are three halves or twelve eighths when that fits better") {
  CHECK(meters_of(midi_of("z|CD2E2F2|", "1/4")) == Meters{{1, 4}, {3, 2}});
  CHECK(meters_of(midi_of("z|CD3E3|", "1/4")) == Meters{{1, 4}, {6, 4}});
  CHECK(meters_of(midi_of("z|CD3/2E3/2F3|", "1/4")) == Meters{{1, 4}, {12, 8}});
}

TEST_CASE("The repeat sign of an overfull bar goes to the left of what runs over: that is not repeated, and played once") {
  CHECK(pitches_of(midi_of("C|DEFGA:|Bcde|")) ==
        std::vector<std::int64_t>{60, 62, 64, 65, 67, 60, 62, 64, 65, 67, 69, 71, 72, 74, 76});
}

TEST_CASE("Where no meter can be guessed, what ran over is lost") {
  // The e is a note of a duplet, three eighths long, for which music21 looks among binary lengths in vain.
  CHECK(notes_of(midi_of("G3/2 (2c2e|D4|", "9/8")) ==
        std::vector<MidiNote>{{0, 67, 3 * quarter / 2}, {3 * quarter / 2, 72, 3 * quarter}, {6 * quarter, 62, 4 * quarter}});
}

TEST_CASE("A grace note at the end of a full bar stays in it") {
  CHECK(pitches_of(midi_of("CDEF{G}|z4|")) == std::vector<std::int64_t>{60, 62, 64, 65});
}
