// Chord symbols and what music21 9.9.1 sounds for them.
#include <etude/music/abc.hpp>
#include <etude/music/midi.hpp>
#include <string>
#include <vector>

#include "catch.hpp"

using namespace etude::music;

namespace {

/// The note-ons of a text, pitch by pitch: chord symbols have no end of their own, so that the list of notes leaves them out.
std::vector<int> struck_with(const std::string& symbol) {
  const std::string midi = write_midi(read_abc("X:1\nM:4/4\nL:1/4\nK:C\n\"" + symbol + "\"z4|z4|\n", Reading::music21));
  std::vector<int> pitches;
  for (std::size_t at = midi.find('\x90'); at != std::string::npos; at = midi.find('\x90', at + 1))
    pitches.push_back(midi[at + 1]);
  return pitches;
}

using Pitches = std::vector<int>;

}  // namespace

TEST_CASE("A triad stands in close position above C3, or as low as it must to end below D4") {
  CHECK(struck_with("C") == Pitches{48, 52, 55});
  CHECK(struck_with("Am") == Pitches{45, 48, 52});
  CHECK(struck_with("Bb") == Pitches{46, 50, 53});
  CHECK(struck_with("F#m") == Pitches{54, 57, 61});
}

TEST_CASE("Sevenths, ninths, suspended and altered chords") {
  CHECK(struck_with("G7sus4") == Pitches{43, 48, 50, 53});
  CHECK(struck_with("Dm7b5") == Pitches{50, 53, 56, 60});
  CHECK(struck_with("C7#9b5") == Pitches{48, 52, 54, 58, 63});
  CHECK(struck_with("C69") == Pitches{48, 57, 62});
  CHECK(struck_with("Calterb5") == Pitches{48, 52, 54});
  CHECK(struck_with("Comit5") == Pitches{48, 52});
}

TEST_CASE("A bass turns the chord over, or comes below it") {
  CHECK(struck_with("C/E") == Pitches{52, 55, 60});
  CHECK(struck_with("C/C#") == Pitches{37, 48, 52, 55});
  CHECK(struck_with("Eo7/C") == Pitches{36, 52, 55, 58, 61});
}

TEST_CASE("No chord sounds nothing, and words that are no chord are left out") {
  CHECK(struck_with("N.C.").empty());
  CHECK(struck_with("Fine").empty());
  CHECK(struck_with("Allegro").empty());
}

TEST_CASE("Some symbols make music21 fail on the whole tune") {
  CHECK_THROWS_AS(struck_with("Cadd"), AbcError);
  CHECK_THROWS_AS(struck_with("C7#"), AbcError);
  CHECK_THROWS_AS(struck_with("C#####"), AbcError);
}
