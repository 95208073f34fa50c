// The strict reading of ABC, against what the standard 2.1 says: bars, endings, voices, layers, macros, lines.
#include <base/system.hpp>
#include <etude/music/checks.hpp>

#include "strict_reading.hpp"

using namespace etude;
using namespace etude::music;

TEST_CASE("Bar lines of any shape divide measures, with their repeats") {
  const auto signs = [](const std::string& line) {
    const auto made = part(line);
    REQUIRE(made.measures.size() == 2);
    return std::pair(made.measures[0].right, made.measures[1].left);
  };
  using Sides = std::pair<Barline, Barline>;
  CHECK(signs("A|B") == Sides(Barline::none, Barline::none));
  CHECK(signs("A||B") == Sides(Barline::double_line, Barline::none));
  CHECK(signs("A|]B") == Sides(Barline::final_line, Barline::none));
  CHECK(signs("A[|B") == Sides(Barline::heavy_light, Barline::none));
  CHECK(signs("A.|B") == Sides(Barline::dotted, Barline::none));
  CHECK(signs("A[|]B") == Sides(Barline::none, Barline::none));
  CHECK(signs("A|:B") == Sides(Barline::none, Barline::repeat_start));
  CHECK(signs("A:|B") == Sides(Barline::repeat_end, Barline::none));
  for (const auto* both : {"A::B", "A:|:B", "A:||:B", "A:| |:B", "A:|]|:B"}) {
    CHECK(signs(both) == Sides(Barline::repeat_end, Barline::repeat_start));
  }
  CHECK(signs("A|[|B").second == Barline::none);
  CHECK(signs("A[|:::B").second == Barline::repeat_start);
  CHECK(part("|: A | B :|").measures[0].left == Barline::repeat_start);
  CHECK(part("A |\nB").measures.back().open);
  CHECK_FALSE(part("A | B |").measures.back().open);
  CHECK(rejected("A : B", 3, "unknown sign :"));
}

TEST_CASE("Endings carry their first number from their first measure to their last") {
  const auto made = part("abc'a'|[1 d8|e8:|[2,3-4 f8|g8|]");
  REQUIRE(made.endings.size() == 2);
  CHECK(made.endings[0].number == 1);
  CHECK(made.endings[1].number == 2);
  const auto ending = [&](std::size_t i) { return made.measures.at(i).ending; };
  CHECK_FALSE(ending(0));
  CHECK((ending(1) == 0u && ending(2) == 0u && ending(3) == 1u && ending(4) == 1u));
  CHECK(part("a|1 b:|2 c|]").endings.size() == 2);
  CHECK(part("a| [1 b:| [2 c|]").endings.size() == 2);
  CHECK(rejected("a| 1 b", 4, "unknown sign 1"));
  CHECK(rejected("[0 a", 2, "ending 0"));
}

TEST_CASE("Fields between brackets change key, meter, unit length and tempo on the way") {
  CHECK(played("A[L:1/4]A|[K:Bb]B[r:a remark]e|") == "A4 1/2, A4 1 | Bb4 1, Eb5 1");
  const auto made = part("A8|[M:3/4]A6|A2[M:2/4]A2|[Q:1/4=90]A4|");
  CHECK(*made.measures[1].meter == Meter{3, 4});
  CHECK(std::holds_alternative<MeterPointer>(made.measures[2].elements[1].item));
  CHECK(std::get<Tempo>(made.measures[3].elements[0].item).number == 90.0);
  CHECK(rejected("A[K:G B", 2, "never closed"));
  CHECK(rejected("A[A:G]", 2, "cannot stand"));
  CHECK(rejected("A[M:4/3]", 7, "unit of a meter"));
}

TEST_CASE("Tempi: beats and words, several beats, the old forms") {
  const auto tempo = [](const std::string& value) {
    const auto made = only_tune("X:1\nL:1/8\nQ:" + value + "\nK:C\nA|\n").parts[0];
    return std::get<Tempo>(made.measures[0].elements[0].item);
  };
  CHECK(tempo("1/4=120").number == 120.0);
  CHECK(tempo("3/8 = 60").beat == 1.5);
  CHECK(tempo("1/4 3/8 1/4 3/8=40").beat == 5.0);
  CHECK(tempo("\"Allegro\" 1/4=120").text == "Allegro");
  CHECK(tempo("1/4=120 \"Allegro\"").number == 120.0);
  CHECK_FALSE(tempo("\"Andante\"").number);
  CHECK(tempo("120").beat == 0.5);
  CHECK(tempo("C3=40").beat == 1.5);
  for (const auto* bad : {"fast", "1/4", "1/4=", "1/4=0", "1/0=100", "=100", "1/4=120 x", "\"Allegro", "1/4=-11"}) {
    INFO(bad);
    CHECK(fault("X:1\nQ:" + std::string(bad) + "\nK:C\n A|\n").line == 2);
  }
}

TEST_CASE("Voices are filled in turns, each with its own key, meter, accidentals and open bar") {
  const auto made = only_tune(
      "X:1\nL:1/4\nM:4/4\nV:T name=\"Tenor I\" clef=treble-8\nV:B clef=bass octave=-1\nK:C\n"
      "[V:T]^cc[V:B]C2|\nV:T\nc2|\n[V:B]z4|[K:G]f\n[V:T]f4|\n");
  REQUIRE(made.parts.size() == 2);
  CHECK(made.parts[0].name == "T");
  CHECK(shown(made.parts[0]) == "C#4 1, C#4 1, C#4 2 | F4 4");
  CHECK(made.parts[0].measures[0].clef == Clef::treble_octave_below);
  CHECK(shown(made.parts[1]) == "C3 2 | z 4 | F#4 1");
  CHECK(made.parts[1].measures[0].clef == Clef::bass);
  CHECK(shown(only_tune("X:1\nK:C transpose=-2\nCE|\n").parts[0]) == "A#3 1/2, D4 1/2");
  CHECK(fault("X:1\nV:\nK:C\n").line == 2);
  CHECK(fault("X:1\nV:1 name=\"x\nK:C\n").line == 2);
  CHECK(fault("X:1\nV:1 sings loudly\nK:C\n").line == 2);
  CHECK(fault("X:1\nK:C\nA\nV:1\nA\nV:2 clef=bass\n(A\nV:1\nB\n").line == 7);
}

TEST_CASE("Layers laid over a bar begin with it, and must fill it") {
  const auto made = part("A4 B4 & c8 & e2 z6|A8|");
  const auto& elements = made.measures[0].elements;
  REQUIRE(elements.size() == 5);
  CHECK(elements[2].layer == 1);
  CHECK(elements[2].offset == Fraction(0));
  CHECK(elements[3].layer == 2);
  CHECK(made.measures[0].length() == Fraction(4));
  CHECK(unfilled_bars(read(tune("A8 & c8|A8|"))).empty());
  CHECK(unfilled_bars(read(tune("A8 & c4|A8|"))).size() == 1);
}

TEST_CASE("Macros write music, for a note of their own or for any") {
  const auto with = [](const std::string& macro, const std::string& line) {
    return shown(only_tune("X:1\nL:1/8\nm: " + macro + "\nK:C\n" + line + "\n").parts[0]);
  };
  CHECK(with("~G3 = G{A}G{F}G", "~G3 A|") == "G4 1/2, A4 grace, G4 1/2, F4 grace, G4 1/2, A4 1/2");
  CHECK(with("~n3 = n{o}n{m}n", "~B,3|") == "B3 1/2, C4 grace, B3 1/2, A3 grace, B3 1/2");
  CHECK(with("~n2 = n/o/n/m/", "~c'2|") == "C6 1/4, D6 1/4, C6 1/4, B5 1/4");
  CHECK(with("~G3 = A", "\"~G3\"B|") == "B4 1/2");
  CHECK(fault("X:1\nm: nothing\nK:C\n").line == 2);
}

TEST_CASE("Macros that write a text out to many times its size are refused, be it in one line, in many or in many tunes") {
  const auto tune_of = [](std::size_t lines, std::size_t uses) {
    std::string tune = "X:1\nL:1/8\nm:~=" + std::string(200, 'C') + "\nK:C\n";
    for (std::size_t line = 0; line < lines; ++line) tune += std::string(uses, '~') + "|\n";
    return tune + "\n";
  };
  std::string many_tunes;
  for (int tune = 0; tune < 8; ++tune) many_tunes += tune_of(1, 1000);
  for (const auto& abc : {tune_of(1, 20'000), tune_of(400, 50), many_tunes})
    CHECK_THROWS_WITH(read(abc), Catch::Contains("macros write the text out"));
  CHECK(count_notes(read(tune_of(10, 20))) == 40'000);

  const auto long_line = tune_of(1, 1'000'000);
  etude::reset_peak_memory();
  const auto before = etude::peak_memory();
  CHECK_THROWS_WITH(read(long_line), Catch::Contains("macros write the text out"));
  CHECK(etude::peak_memory() - before < 50'000'000);  // written out it is 200 MB
}

TEST_CASE("Comments, continued lines, beams, spacers and reserved signs are no music") {
  CHECK(played("A2 % [ comment\nB2|") == "A4 1, B4 1");
  CHECK(played("A2 \\\nB2 \\ % more\n|c2|") == "A4 1, B4 1 | C5 1");
  CHECK(played("A``B y c $ d#*;?@e|") == "A4 1/2, B4 1/2, C5 1/2, D5 1/2, E5 1/2");
  CHECK(rejected("A \\ B", 3, "backslash"));
  CHECK(rejected("A \xC3\xA9 B", 3, "unknown sign"));
  CHECK(rejected("A \xC3\xA9\xC3\xA9 B", 3, "unknown sign"));
}

TEST_CASE("Fields and directives are kept, lyrics and continued fields with them") {
  const auto made = only_tune(
      "X:1\nT:One\\% of it % remark\nC:Trad.\n+:and others\n%%MIDI program 41\nK:C\nAB|\nw:la la\n%%MIDI transpose 2\n");
  CHECK(made.field('T') == "One\\% of it");
  CHECK(made.field('C') == "Trad. and others");
  CHECK(made.field('w') == "la la");
  CHECK(made.directives == std::vector<std::string>{"MIDI program 41", "MIDI transpose 2"});
  CHECK(fault("X:1\nK:C\nAB|\nZ:in the middle\n").line == 4);
}

TEST_CASE("Columns count characters, whatever their bytes, and bad UTF-8 byte by byte") {
  CHECK(fault(tune("\"\xC3\xA9\xC3\xA9\"A h")).column == 7);
  CHECK(fault(tune("\"\xE9\xFF\"A h")).column == 7);
}

TEST_CASE("An upbeat is bar 0, and measures know where they begin") {
  const auto made = part("A2|B8|c6|");
  CHECK(made.measures[0].number == 0);
  CHECK(made.measures[0].missing_before == Fraction(3));
  CHECK(made.measures[2].number == 2);
  CHECK(made.measures[2].offset == Fraction(5));
  CHECK(unfilled_bars(read(tune("A2|B8|c6|"))).empty());
  CHECK(unfilled_bars(read(tune("A2|B8|c7|"))).size() == 1);
}

TEST_CASE("A hundred thousand of any sign are read or rejected in time that grows with them") {
  const std::string signs[] = {"[",      "(",  "{",   "\"",    "(a",    "{a}",   "&a", "|:a", "[1a", "a>b",  "a-",
                               "Z9999|", "(2", "!a!", "[V:1]", "V:1\n", "[K:D]", "~",  "'",   "/",   "\\\n", "[M:2/4]"};
  for (const auto& sign : signs) {
    std::string many;
    for (int i = 0; i < 100'000; ++i) many += sign;
    fault(tune(many));
    fault(tune("a" + many));
  }
  std::string voices;
  for (int i = 0; i < 1000; ++i) voices += "V:" + std::to_string(i) + "\n";
  CHECK(fault(tune(voices)).cause.find("voices") != std::string::npos);
  std::string chord = "[";
  for (int i = 0; i < 200; ++i) chord += "a-";
  CHECK(rejected(chord + "]", 2 + 2 * 128, "more than 128 notes"));
}
