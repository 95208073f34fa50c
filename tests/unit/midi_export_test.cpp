// Scores as MIDI. The bytes expected here are those that music21 9.9.1 wrote for the same music.
#include <etude/music/midi.hpp>
#include <string>

#include "catch.hpp"
#include "heard_notes.hpp"
#include "score_builder.hpp"

using namespace etude::music;
using Catch::Contains;
using namespace score_builder;

namespace {

constexpr std::int64_t quarter = ticks_per_quarter;

std::string hexadecimal(const std::string& bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string text;
  for (const unsigned char byte : bytes) {
    text += digits[byte >> 4];
    text += digits[byte & 15];
  }
  return text;
}

std::vector<MidiNote> notes_of(const Score& score) { return heard_notes::notes_of(write_midi(score)); }
std::vector<std::int64_t> pitches_of(const Score& score) { return heard_notes::pitches_of(write_midi(score)); }

Score melody(std::vector<Item> items) { return score({part({measure(std::move(items))})}); }

}  // namespace

TEST_CASE("A note alone becomes the file that music21 writes: 120 beats a minute, four quarters") {
  CHECK(hexadecimal(write_midi(melody({note('C', {1, 2})}))) ==
        "4d546864000000060001000227604d54726b0000001400ff510307a12000ff580404021808ce60ff2f00"
        "4d54726b0000001600ff030000e0004000903c5aa730803c00ce60ff2f00");
}

TEST_CASE("Tempo, key and meter stand in the track of the conductor, before the notes") {
  // X:1 M:3/4 L:1/8 Q:1/4=90 K:Gm, then G2 B2 [GBd]2|(3ABc d4-|d6|
  Note b_flat = note('B');
  b_flat.pitch.alteration = -1;
  Note high_d = note('D', 2, Tie::start), d_again = note('D', 3, Tie::stop), high_c = note('C', {1, 3}),
       b_third = note('B', {1, 3});
  high_d.pitch.octave = d_again.pitch.octave = high_c.pitch.octave = 5;
  b_third.pitch.alteration = -1;
  auto tune = part({measure({Tempo{"", 90.0, 1.0}, note('G'), b_flat, chord({pitch('G'), pitch('B', 4, -1), pitch('D', 5)})}),
                    measure({note('A', {1, 3}), b_third, high_c, high_d}), measure({d_again})});
  tune.measures[0].meter = std::make_shared<const Meter>(Meter{3, 4});
  tune.measures[0].key = Key{-2, "minor"};
  CHECK(hexadecimal(write_midi(score({tune}))) ==
        "4d546864000000060001000227604d54726b0000001a00ff51030a2c2b00ff5902fe0100ff580403021808ce60ff2f00"
        "4d54726b0000005d00ff030000e000400090435ace608043000090465ace608046000090435a0090465a00904a5ace60"
        "8043000080460000804a000090455a9a208045000090465a9a208046000090485a9a2080480000904a5a838960804a00ce60ff2f00");
}

TEST_CASE("A tempo counts its beats in the length of a beat") {
  const auto tempo_of = [](Tempo tempo) { return read_midi_notes(write_midi(melody({std::move(tempo), note('C')}))).front(); };
  CHECK(tempo_of({"", 60.0, 1.5}) == MidiNote{0, MidiNote::tempo, 666667});
  CHECK(tempo_of({"", 100.0, {}}) == MidiNote{0, MidiNote::tempo, 600000});
}

TEST_CASE("Words alone give a tempo if they are known, the last known one, and others give none, not even the default") {
  const auto tempi_of = [](std::string words) {
    std::vector<std::int64_t> tempi;
    for (const MidiNote& each : read_midi_notes(write_midi(melody({Tempo{std::move(words), {}, {}}, note('C')})))) {
      if (each.pitch == MidiNote::tempo) tempi.push_back(each.duration);
    }
    return tempi;
  };
  CHECK(tempi_of("Andantino") == std::vector<std::int64_t>{750000});
  CHECK(tempi_of("presto ma Lento") == std::vector<std::int64_t>{1153846});
  CHECK(tempi_of("gaily").empty());
}

TEST_CASE("A tempo of zero beats a minute cannot be exported") {
  CHECK_THROWS_WITH(write_midi(melody({Tempo{"", 0.0, 1.0}, note('C')})), Contains("tempo of zero"));
}

TEST_CASE("Tied notes sound once") {
  const auto tied = melody({note('C', 1, Tie::start), note('C', 1, Tie::both), note('C', 1, Tie::stop), note('D')});
  CHECK(notes_of(tied) == std::vector<MidiNote>{{0, 60, 3 * quarter}, {3 * quarter, 62, quarter}});
}

TEST_CASE("A note that begins a tie goes on into a note of its pitch that says nothing of one") {
  CHECK(notes_of(melody({note('C', 1, Tie::start), note('C')})) == std::vector<MidiNote>{{0, 60, 2 * quarter}});
  CHECK(pitches_of(melody({note('C', 1, Tie::start), note('D')})) == std::vector<std::int64_t>{60, 62});
}

TEST_CASE("A note that ends a tie goes to the last that began one, be it of another pitch") {
  CHECK(notes_of(melody({note('C', 1, Tie::start), note('D'), note('E', 2, Tie::stop)})) ==
        std::vector<MidiNote>{{0, 60, 3 * quarter}, {quarter, 62, quarter}});
}

TEST_CASE("A natural sign makes another spelling, which breaks a tie that goes on") {
  Note with_sign = note('B', 1, Tie::start), without = note('B', 1, Tie::both), last = note('B', 1, Tie::stop);
  with_sign.pitch.natural = true;
  CHECK(notes_of(melody({with_sign, without, last})) == std::vector<MidiNote>{{0, 71, quarter}, {quarter, 71, 2 * quarter}});
}

TEST_CASE("Grace notes and chord symbols take no time, and what begins and ends at once is not heard") {
  Note grace = note('A', 0);
  grace.grace = true;
  CHECK(notes_of(melody({grace, ChordSymbol{"C", {pitch('C', 3)}}, note('C')})) == std::vector<MidiNote>{{0, 60, quarter}});
  // Unless a note of the pitch ends later: then that end is theirs.
  CHECK(notes_of(melody({ChordSymbol{"C", {pitch('C', 4)}}, note('C')})) == std::vector<MidiNote>{{0, 60, quarter}});
}

TEST_CASE("A pitch beyond the range of MIDI moves by octaves into it") {
  Note high = note('A'), low = note('C');
  high.pitch.octave = 11;
  low.pitch.octave = -3;
  CHECK(pitches_of(melody({high, low})) == std::vector<std::int64_t>{117, 0});
}

TEST_CASE("Lengths are rounded to the nearest tick, halves to the even one") {
  CHECK(notes_of(melody({note('C', {1, 64})})).front().duration == 158);  // 157.5
  CHECK(notes_of(melody({note('C', {1, 11})})).front().duration == 916);  // 916.4
}

TEST_CASE("Accents are louder, and notes held out softer") {
  const auto velocity_of = [](Articulation sign) {
    Note signed_note = note('C');
    signed_note.articulations.add(sign);
    const std::string file = write_midi(melody({signed_note}));
    return static_cast<int>(file[file.find("\x90\x3c") + 2]);
  };
  CHECK(velocity_of(Articulation::up_bow) == 90);
  CHECK(velocity_of(Articulation::staccato) == 96);
  CHECK(velocity_of(Articulation::accent) == 103);
  CHECK(velocity_of(Articulation::strong_accent) == 109);
  CHECK(velocity_of(Articulation::tenuto) == 84);
}

TEST_CASE("Voices sound together, each in a track of its own") {
  CHECK(notes_of(score({part({measure({note('C'), note('D')})}), part({measure({note('E', 2)})})})) ==
        std::vector<MidiNote>{{0, 60, quarter}, {0, 64, 2 * quarter}, {quarter, 62, quarter}});
}

TEST_CASE("A voice without measures cannot be exported beside one that has some") {
  Part loose;
  loose.loose.push_back({0, note('E')});
  CHECK_THROWS_WITH(write_midi(score({part({measure({note('C')})}), loose})), Contains("no measures to repeat"));
  CHECK(pitches_of(score({loose})) == std::vector<std::int64_t>{64});
}

TEST_CASE("A meter object that stands in two measures cannot be exported, two equal ones can") {
  auto tune = part({measure({note('C')}), measure({note('D')})});
  tune.measures[0].meter = std::make_shared<const Meter>(Meter{1, 4});
  tune.measures[1].meter = std::make_shared<const Meter>(Meter{1, 4});
  CHECK(pitches_of(score({tune})) == std::vector<std::int64_t>{60, 62});
  tune.measures[1].meter = tune.measures[0].meter;
  CHECK_THROWS_WITH(write_midi(score({tune})), Contains("meter object found twice"));
  SECTION("but a repeat plays copies, which are objects of their own") {
    tune.measures[0].right = Barline::repeat_end;
    CHECK(pitches_of(score({tune})) == std::vector<std::int64_t>{60, 60, 62});
  }
}

TEST_CASE("A collection of tunes is written as the last of them, as music21 hands it back") {
  Score collection = melody({note('C')});
  collection.tunes.push_back(melody({note('D')}).tunes.front());
  CHECK(pitches_of(collection) == std::vector<std::int64_t>{62});
  CHECK_THROWS_AS(write_midi(Score{}), MidiExportError);
}
