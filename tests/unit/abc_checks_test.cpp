// What a musician sees in a score, on scores built by hand.
#include <etude/music/checks.hpp>

#include "catch.hpp"

using namespace etude;
using namespace etude::music;

namespace {

Note note(Fraction length, Tie tie = Tie::none) {
  Note made;
  made.length = length;
  made.tie = tie;
  return made;
}

Rest rest(Fraction length) {
  Rest made;
  made.length = length;
  return made;
}

void add(Measure& measure, Item item, int layer = 0) {
  Fraction end;
  for (const auto& element : measure.elements) {
    if (element.layer == layer) end = element.offset + length_of(element);
  }
  measure.elements.push_back({end, std::move(item), layer});
}

/// A measure of one note of so many quarters, between these bar lines.
Measure bar(Fraction quarters, Barline right = Barline::none, Barline left = Barline::none) {
  Measure measure;
  measure.left = left;
  measure.right = right;
  add(measure, note(quarters));
  return measure;
}

Measure in_ending(Measure measure, std::size_t index) {
  measure.ending = index;
  return measure;
}

MeterPointer meter(std::int64_t beats, std::int64_t unit) { return std::make_shared<const Meter>(Meter{beats, unit}); }

Part voice(std::vector<Measure> measures, MeterPointer in = meter(4, 4), std::string name = {}) {
  Part part;
  part.name = std::move(name);
  part.measures = std::move(measures);
  if (!part.measures.empty()) part.measures.front().meter = in;
  int number = 0;
  for (auto& measure : part.measures) measure.number = ++number;
  return part;
}

Score score_of(std::vector<Part> voices) {
  Score score;
  score.tunes.emplace_back().parts = std::move(voices);
  return score;
}

/// Numbers of the bars of a single voice that are wrong.
std::vector<int> wrong_bars(std::vector<Measure> measures, Extent extent = Extent::whole) {
  std::vector<int> numbers;
  for (const auto& finding : unfilled_bars(score_of({voice(std::move(measures))}), extent)) numbers.push_back(finding.measure);
  return numbers;
}

using Numbers = std::vector<int>;
constexpr auto repeat_start = Barline::repeat_start, repeat_end = Barline::repeat_end, thick = Barline::final_line,
               thin_thin = Barline::double_line, plain = Barline::none;

}  // namespace

TEST_CASE("Full bars are right, short and long ones in the middle are named with voice, bar and both lengths") {
  CHECK(wrong_bars({bar(4), bar(4), bar(4)}).empty());
  CHECK(wrong_bars({bar(4), bar(3), bar(5), bar(4)}) == Numbers{2, 3});
  const auto findings =
      unfilled_bars(score_of({voice({bar(4)}), voice({bar(4), bar(4), bar({7, 2}), bar(4)}, meter(4, 4), "Bass")}));
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].part == 1);
  CHECK(findings[0].measure == 3);
  CHECK(findings[0].text == "bar 3 of voice Bass is 7/8 long, its meter 4/4 wants 1");
}

TEST_CASE("The first bar may be an upbeat, never too long, and the last one completes it") {
  CHECK(wrong_bars({bar(1), bar(4), bar(3)}).empty());
  CHECK(wrong_bars({bar(1), bar(4), bar(4)}).empty());
  CHECK(wrong_bars({bar(1), bar(4), bar(2)}) == Numbers{3});
  CHECK(wrong_bars({bar(4), bar(4), bar(3)}) == Numbers{3});
  CHECK(wrong_bars({bar(1), bar(4), bar(3, repeat_end), bar(4), bar(3, thick)}).empty());
  CHECK(wrong_bars({bar(5), bar(4)}) == Numbers{1});
}

TEST_CASE("Halves of a bar that a repeat sign or double bar divides complete each other, plain bar lines divide nothing") {
  CHECK(wrong_bars({bar(1), bar(4), bar(3, repeat_end), bar(1), bar(4), bar(3, repeat_end)}).empty());
  CHECK(wrong_bars({bar(4), bar(3, thin_thin), bar(1), bar(4)}).empty());
  CHECK(wrong_bars({bar(4), bar(3, plain), bar(1, plain, repeat_start), bar(4)}).empty());
  CHECK(wrong_bars({bar(4), bar(3, plain), bar(1), bar(4)}) == Numbers{2, 3});
  CHECK(wrong_bars({bar(4), bar(3, Barline::dotted), bar(1), bar(4)}) == Numbers{2, 3});
  CHECK(wrong_bars({bar(4), bar(3, repeat_end), bar(2), bar(4, repeat_end)}) == Numbers{2, 3});
}

TEST_CASE("A short bar at a repeat sign is completed by the bar that is played behind it when it repeats") {
  CHECK(wrong_bars({bar(4), bar(4, thin_thin), bar(1, plain, repeat_start), bar(4), bar(3, repeat_end), bar(4)}).empty());
  CHECK(wrong_bars({bar(4), bar(4, thin_thin), bar(1, plain, repeat_start), bar(4), bar(2, repeat_end), bar(4)}) ==
        Numbers{3, 5});
}

TEST_CASE("The end of a section completes its own upbeat, and the end of a repeat the upbeat that it goes back to") {
  CHECK(wrong_bars({bar(4), bar(4, thin_thin), bar(1), bar(4), bar(3, thin_thin), bar(4), bar(4)}).empty());
  CHECK(wrong_bars({bar(4), bar(4), bar(1, plain, repeat_start), bar(4, thin_thin), bar(4), bar(3, repeat_end), bar(4)}).empty());
}

TEST_CASE("Endings are completed by the upbeat of what they repeat or by the upbeat of what follows") {
  const auto first = in_ending(bar(3, repeat_end), 0), second = in_ending(bar(3, thick), 1);
  CHECK(wrong_bars({bar(1), bar(4), first, second}).empty());
  CHECK(wrong_bars({bar(1), bar(4), first, in_ending(bar(3, thin_thin), 1), bar(1), bar(4), bar(3, thick)}).empty());
  CHECK(wrong_bars({bar(4), bar(4), first, second}) == Numbers{3, 4});
}

TEST_CASE("A bar that endings divide is completed by each of them") {
  CHECK(wrong_bars({bar(4), bar(2), in_ending(bar(2, repeat_end), 0), in_ending(bar(2, thick), 1)}).empty());
  CHECK(wrong_bars({bar(4), bar(2), in_ending(bar(2, repeat_end), 0), in_ending(bar(1, thick), 1)}) == Numbers{4});
  CHECK(wrong_bars({bar(4), bar(4), in_ending(bar(3, repeat_end), 0), in_ending(bar(1), 1), bar(4)}) == Numbers{3, 4});
}

TEST_CASE("Meters count from the measure that carries them, and a bar in which the meter changes may fill either") {
  auto waltz = bar(3);
  waltz.meter = meter(3, 4);
  CHECK(wrong_bars({bar(4), waltz, bar(3), bar(4), bar(3)}) == Numbers{4});
  auto changing = bar(2);
  add(changing, meter(3, 4));
  add(changing, note(1));
  CHECK(wrong_bars({bar(4), changing, bar(3)}).empty());
  add(changing, note(1));
  CHECK(wrong_bars({bar(4), changing, bar(3)}).empty());
  add(changing, note(1));
  CHECK(wrong_bars({bar(4), changing, bar(3)}) == Numbers{2});
}

TEST_CASE("Triplets, grace notes, chords and multi-measure rests add up exactly") {
  Measure triplets;
  for (int i = 0; i < 12; ++i) add(triplets, note({1, 3}));
  auto grace = note(0);
  grace.grace = true;
  triplets.elements.insert(triplets.elements.begin(), {Fraction(0), grace});
  Measure chords;
  Chord chord;
  chord.length = 2;
  chord.pitches = {Pitch{}, Pitch{'E', 4, 0}};
  add(chords, chord);
  add(chords, rest(2));
  Measure rests;
  rests.bars = 17;
  add(rests, rest(68));
  CHECK(wrong_bars({bar(4), triplets, chords, rests, bar(4)}).empty());
  rests.bars = 16;
  CHECK(wrong_bars({bar(4), rests, bar(4)}) == Numbers{2});
}

TEST_CASE("Bars in free meter may have any length") {
  auto free = bar({17, 8});
  free.unmeasured = true;
  CHECK(wrong_bars({bar(4), free, bar(4)}).empty());
}

TEST_CASE("Every layer must fill its measure") {
  auto layered = bar(4);
  add(layered, note(2), 1);
  auto score = score_of({voice({bar(4), layered, bar(4)})});
  REQUIRE(unfilled_bars(score).size() == 1);
  CHECK(unfilled_bars(score)[0].text == "layer 2 of bar 2 of voice 1 is 1/2 long, the bar 1");
  add(score.tunes[0].parts[0].measures[1], note(2), 1);
  CHECK(unfilled_bars(score).empty());
}

TEST_CASE("Where a text was cut off, the last bar of its last voice need not be full unless a bar line ends it") {
  auto open = bar(2);
  open.open = true;
  CHECK(wrong_bars({bar(4), bar(4), open}) == Numbers{3});
  CHECK(wrong_bars({bar(4), bar(4), open}, Extent::cut_off).empty());
  CHECK(wrong_bars({bar(4), bar(4), bar(2)}, Extent::cut_off) == Numbers{3});
  auto too_long = bar(5);
  too_long.open = true;
  CHECK(wrong_bars({bar(4), bar(4), too_long}, Extent::cut_off) == Numbers{3});
  const auto two = score_of({voice({bar(4), open}), voice({bar(4), bar(4)})});
  CHECK(unfilled_bars(two, Extent::cut_off).size() == 1);
}

TEST_CASE("Voices of unequal length are named beside the longest of their tune") {
  CHECK(unequal_voices(score_of({voice({bar(1), bar(4)}), voice({bar(4), bar(1)})})).empty());
  auto score = score_of({voice({bar(4), bar(4)}, meter(4, 4), "RH"), voice({bar(4)}), Part{}});
  const auto findings = unequal_voices(score);
  REQUIRE(findings.size() == 1);  // the third holds nothing
  CHECK(findings[0].text == "voice 2 is 1 long, voice RH 2");
  CHECK(findings[0].measure == 1);
  score.tunes[0].parts.pop_back();
  CHECK(unequal_voices(score, Extent::cut_off).empty());
  std::swap(score.tunes[0].parts[0], score.tunes[0].parts[1]);
  CHECK(unequal_voices(score, Extent::cut_off).size() == 1);  // only the last voice can have been cut off
}

TEST_CASE("Voices are compared within their tune, and findings in collections say which") {
  auto score = score_of({voice({bar(4), bar(4)})});
  score.tunes.push_back(score_of({voice({bar(4)}), voice({bar(2)})}).tunes[0]);
  const auto findings = unequal_voices(score);
  REQUIRE(findings.size() == 1);
  CHECK(findings[0].tune == 1);
  CHECK(findings[0].text == "voice 2 of tune 2 is 1/2 long, voice 1 1");
}

TEST_CASE("Notes are counted as struck: each of a chord, tied ones once, rests not") {
  Measure measure;
  add(measure, note(1, Tie::start));
  add(measure, note(1, Tie::both));
  add(measure, note(1, Tie::stop));
  add(measure, rest(1));
  Chord chord;
  chord.pitches = {Pitch{}, Pitch{}, Pitch{}};
  add(measure, chord);
  add(measure, ChordSymbol{});
  Part loose;
  loose.loose.push_back({Fraction(0), note(1)});
  const auto score = score_of({voice({measure}), loose, Part{}});
  CHECK(count_notes(score) == 5);
  CHECK(count_voices(score) == 2);
  CHECK(count_measures(score) == 1);
  CHECK(length_of(loose) == Fraction(1));
}

TEST_CASE("An empty score has nothing wrong with it and nothing in it") {
  for (const auto& score : {Score{}, score_of({}), score_of({Part{}})}) {
    CHECK(unfilled_bars(score).empty());
    CHECK(unequal_voices(score).empty());
    CHECK(count_voices(score) + count_notes(score) == 0);
  }
}
