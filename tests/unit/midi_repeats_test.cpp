// Repeats and endings, heard.
#include <base/system.hpp>
#include <etude/music/midi.hpp>
#include <string>

#include "catch.hpp"
#include "score_builder.hpp"

using namespace etude::music;
using Catch::Contains;
using namespace score_builder;

namespace {

constexpr auto start = Barline::repeat_start, end = Barline::repeat_end, none = Barline::none;

/// A measure of one quarter note.
Measure bar(char step, Barline left = none, Barline right = none) { return measure({note(step)}, left, right); }

Measure under(std::size_t ending, Measure made) {
  made.ending = ending;
  return made;
}

/// The letters of the notes as they are played.
std::string played(const Part& part) {
  std::string letters;
  for (const MidiNote& each : read_midi_notes(write_midi(score({part})))) {
    if (each.pitch >= 60) letters += std::string("C D EF G A B")[static_cast<std::size_t>(each.pitch - 60)];
  }
  return letters;
}

Part with_endings(std::vector<int> numbers, std::vector<Measure> measures) {
  Part made = part(std::move(measures));
  for (const int number : numbers) made.endings.push_back({number});
  return made;
}

}  // namespace

TEST_CASE("What stands between the signs of a repeat is played twice") {
  CHECK(played(part({bar('C'), bar('D', start), bar('E', none, end), bar('F')})) == "CDEDEF");
}

TEST_CASE("A repeat without a beginning goes back to the first measure") {
  CHECK(played(part({bar('C'), bar('D', none, end), bar('E')})) == "CDCDE");
}

TEST_CASE("A repeat may end on the left of the measure behind it, which loses its own signs") {
  CHECK(played(part({bar('C', start), bar('D', end), bar('E')})) == "CCDE");
  CHECK(played(part({bar('C', start), bar('D', end, end), bar('E')})) == "CCDE");
}

TEST_CASE("A repeat that ends before the first measure leaves none") { CHECK(played(part({bar('C', end), bar('D')})).empty()); }

TEST_CASE("First and second ending") {
  CHECK(played(with_endings({1, 2}, {bar('C', start), under(0, bar('D', none, end)), under(1, bar('E')), bar('F')})) == "CDCEF");
}

TEST_CASE("Two repeats with endings each") {
  CHECK(played(with_endings({1, 2, 1, 2}, {bar('C', start), under(0, bar('D', none, end)), under(1, bar('E')), bar('F', start),
                                           under(2, bar('G', none, end)), under(3, bar('A'))})) == "CDCEFGFA");
}

TEST_CASE("Endings that do not count up from one are malformed") {
  CHECK_THROWS_WITH(played(with_endings({2, 1}, {bar('C', start), under(0, bar('D', none, end)), under(1, bar('E'))})),
                    Contains("badly formed repeats"));
}

TEST_CASE("A first ending without a repeat sign is malformed") {
  CHECK_THROWS_WITH(played(with_endings({1, 2}, {bar('C', start), under(0, bar('D')), under(1, bar('E', none, end))})),
                    Contains("badly formed repeats"));
}

TEST_CASE("A repeat that begins and never ends is malformed") {
  CHECK_THROWS_WITH(played(part({bar('C', start), bar('D')})), Contains("badly formed repeats"));
  CHECK_THROWS_AS(played(part({bar('C', start, end), bar('D', start)})), MidiExportError);
}

TEST_CASE("Repeats nest") { CHECK(played(part({bar('C', start), bar('D', start, end), bar('E', none, end)})) == "CDDECDDE"); }

TEST_CASE("After a hundred repeats music21 plays the rest once") {
  std::vector<Measure> measures;
  for (int i = 0; i < 150; ++i) measures.push_back(bar('C', start, end));
  CHECK(played(part(std::move(measures))).size() == 250);
}

TEST_CASE("Repeats nested so deep that the music fills a computer are refused") {
  std::vector<Measure> measures;
  for (int i = 0; i < 60; ++i) measures.push_back(bar('C', start));
  for (int i = 0; i < 60; ++i) measures.push_back(bar('C', none, end));
  CHECK_THROWS_WITH(played(part(std::move(measures))), Contains("nest so deep"));
}

TEST_CASE("A long repeat with hundreds of endings is refused before the memory for them is taken") {
  std::vector<Measure> measures{bar('C', start)};
  std::vector<int> numbers;
  for (int i = 0; i < 100'000; ++i) measures.push_back(bar('C'));
  for (int i = 0; i < 400; ++i) {
    measures.push_back(under(static_cast<std::size_t>(i), bar('C', none, i < 399 ? end : none)));
    numbers.push_back(i + 1);
  }
  const Score made = score({with_endings(numbers, std::move(measures))});
  etude::reset_peak_memory();
  const auto before = etude::peak_memory();
  CHECK_THROWS_WITH(write_midi(made), Contains("nest so deep"));
  CHECK(etude::peak_memory() - before < 150'000'000);  // 400 times 100,000 places would take 320 MB
}
