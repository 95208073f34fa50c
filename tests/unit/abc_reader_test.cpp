// The reading `music21`: expected values are what music21 9.9.1 says of the same texts.
#include <ctime>
#include <etude/music/abc.hpp>

#include "catch.hpp"

using namespace etude::music;

namespace {

Score read(const std::string& text) { return read_abc(text, Reading::music21); }
std::string tune(const std::string& music) { return "X:1\nM:4/4\nL:1/8\nK:C\n" + music; }
Part part(const std::string& text) { return read(text).tunes.at(0).parts.at(0); }

std::string cause(const std::string& text) {
  try {
    read(text);
  } catch (const AbcError& error) {
    return error.cause();
  }
  return "accepted";
}

/// "C4 F#4/3/2 z": pitches and lengths of the notes that stand outside measures.
std::string notes(const std::string& text) {
  std::string shown;
  for (const auto& element : part(text).loose) {
    const bool rest = std::holds_alternative<Rest>(element.item);
    const auto* note = std::get_if<Note>(&element.item);
    if (!rest && note == nullptr) continue;
    if (note != nullptr) {
      shown += note->pitch.step;
      for (int i = 0; i < std::abs(note->pitch.alteration); ++i) shown += note->pitch.alteration > 0 ? '#' : 'b';
      shown += std::to_string(note->pitch.octave);
    } else {
      shown += 'z';
    }
    shown += ':' + length_of(element).text() + ' ';
  }
  return shown;
}

std::string many(const std::string& sign, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += sign;
  return text;
}

}  // namespace

TEST_CASE("Words are notes: some letters say nothing alone, the others that are none are middle C") {
  CHECK(notes("L:1/4\nhello world") == "E5:1 D5:1 ");
  CHECK(notes("L:1/4\njump") == "C4:1 C4:1 ");
}

TEST_CASE("Octave marks, accidentals and the key make pitches") {
  CHECK(notes("L:1/4\nK:D\nC, c' =f ^^G _b F") == "C#3:1 C#6:1 F5:1 G##4:1 Bb5:1 F#4:1 ");
}

TEST_CASE("Lengths are read in all forms that music21 knows") {
  CHECK(notes("L:1/8\nA A2 A/ A// A3/2 A3/ A/3 A1/2/3") == "A4:1/2 A4:1 A4:1/4 A4:1/8 A4:3/4 A4:3/4 A4:1/6 A4:1 ");
}

TEST_CASE("A broken rhythm lengthens one note and shortens the other") {
  CHECK(notes("L:1/4\nA>B c<<d") == "A4:3/2 B4:1/2 C5:1/4 D5:7/4 ");
}

TEST_CASE("Tuplets take their time from the meter where they may") {
  CHECK(notes("L:1/4\n(3ABc d") == "A4:2/3 B4:2/3 C5:2/3 D5:1 ");
  CHECK(notes("M:6/8\nL:1/8\n(5ABcde f") == "A4:3/10 B4:3/10 C5:3/10 D5:3/10 E5:3/10 F5:1/2 ");
  CHECK(notes("L:1/4\n(3:2:1ABc") == "A4:2/3 B4:1 C5:1 ");
}

TEST_CASE("Accidentals hold through the bar only if the text says that it is ABC 2") {
  CHECK(notes("L:1/4\n^AA") == "A#4:1 A4:1 ");
  CHECK(notes("%abc-2.1\nL:1/4\n^AAa") == "A#4:1 A#4:1 A#5:1 ");
  CHECK(notes("%abc-2.1\n%%propagate-accidentals octave\nL:1/4\n^AAa") == "A#4:1 A#4:1 A5:1 ");
}

TEST_CASE("Bar lines make measures, numbered from 0 where a meter is given") {
  const Part read = part(tune("C2|D8|E8|]"));
  REQUIRE(read.measures.size() == 3);
  CHECK(read.measures[0].number == 0);
  CHECK(read.measures[0].missing_before == 3);
  CHECK(read.measures[1].number == 1);
  CHECK(read.measures[1].offset == 1);
  CHECK(read.measures[2].right == Barline::final_line);
}

TEST_CASE("Repeats and endings stand at the measures that they bound") {
  const Part read = part(tune("|:C8|1D8:|2E8|]F8|"));
  REQUIRE(read.measures.size() == 4);
  CHECK(read.measures[0].left == Barline::repeat_start);
  CHECK(read.measures[1].right == Barline::repeat_end);
  REQUIRE(read.endings.size() == 2);
  CHECK(read.measures[1].ending == 0U);
  CHECK(read.measures[2].ending == 1U);
  CHECK(read.endings[1].number == 2);
}

TEST_CASE("A slur holds the notes between its parentheses") {
  const Part read = part("L:1/4\nA(BcD)e");
  REQUIRE(read.spans.size() == 1);
  CHECK(read.spans[0].first == 1);
  CHECK(read.spans[0].last == 4);
}

TEST_CASE("Each V: that begins with a digit is a part with the header before it") {
  const Score score = read(tune("V:1\nC8|\nV:2\nE8|\nV:1\nD8|"));
  REQUIRE(score.tunes[0].parts.size() == 3);
  CHECK(score.tunes[0].parts[2].name == "1");
}

TEST_CASE("A collection is sorted by number, and of two tunes with one number the last one counts") {
  const Score score = read("L:1/4\nX:10\nA\nX:9\nB\nX:10\nC\n");
  CHECK(score.collection);
  REQUIRE(score.tunes.size() == 2);
  CHECK(score.tunes[0].field('X') == "9");
  CHECK(std::get<Note>(score.tunes[1].parts[0].loose.at(0).item).pitch.step == 'C');
}

TEST_CASE("A fault has the class that music21 gives it") {
  const auto [text, type] = GENERATE(table<std::string, std::string>({
      {"", "ABCHandlerException"},
      {"CDE", "ABCHandlerException"},
      {tune("[CE"), "ABCHandlerException"},
      {tune("[C\"E]"), "IndexError"},
      {tune("(3"), "ABCHandlerException"},
      {tune("(0A"), "ABCTokenException"},
      {tune("A/0"), "ZeroDivisionError"},
      {tune("A//2"), "ValueError"},
      {tune("A\xC2\xB2"), "ValueError"},
      {tune("^_A"), "AccidentalException"},
      {tune("(3A5AA"), "DurationException"},
      {tune("A^^"), "IndexError"},
      {"X:\nL:1/4\nA", "ValueError"},
      {"M:4\nA", "ValueError"},
      {"M:0/4\nA", "MeterException"},
      {"M:4/0\nA", "ZeroDivisionError"},
      {"L:1\nA", "ABCTokenException"},
      {"L:1/4\nQ:1/4=fast\nA", "ValueError"},
      {"L:1/4\nQ:inf\nA", "OverflowError"},
      {"L:1/4\nK:hp\nA", "PitchException"},
      {tune("A" + many("9", 400)), "OverflowError"},
      {tune("A" + many("9", 5000)), "ValueError"},
      {"https://abcnotation.com", "ConverterException"},
  }));
  INFO(text.substr(0, 60));
  CHECK(cause(text).substr(0, type.size()) == type);
}

TEST_CASE("A fault has a line and a column, counted in characters") {
  try {
    read(tune("\xC3\xA9\xC3\xA9 A/0"));
    FAIL("accepted");
  } catch (const AbcError& error) {
    CHECK(error.line() == 5);
    CHECK(error.column() == 4);
  }
}

TEST_CASE("Digits of any script are numbers, as for Python") { CHECK(notes("L:1/4\nA\xD9\xA3") == "A4:3 "); }

TEST_CASE("Bytes that are no UTF-8 are read like any other sign without a meaning") {
  CHECK(notes("L:1/4\nA\xFF\xC3"
              "B") == "A4:1 B4:1 ");
}

TEST_CASE("A hundred thousand nested or repeated signs take no longer than any text of their length") {
  const std::string sign =
      GENERATE(as<std::string>{}, "(", "[|", "|:", "{", "\"", "!", "^", "A-", "A>", "(3", "K:C\n", "V:1\n", "X:1\n", ":");
  const std::clock_t start = std::clock();  // of the processor: others may keep it busy meanwhile
  cause(tune(many(sign, 100'000) + "A"));
  CHECK(std::clock() - start < 5 * CLOCKS_PER_SEC);
}

TEST_CASE("Directives go with their tune, those before the first tune with all") {
  const Score score = read("%%a\nX:2\nL:1/4\nA\n%%b\nX:1\nL:1/4\n%%c\nB\n");
  CHECK(score.tunes.at(0).directives == std::vector<std::string>{"a", "c"});
  CHECK(score.tunes.at(1).directives == std::vector<std::string>{"a", "b"});
}
