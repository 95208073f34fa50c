// The strict reading of ABC, against what the standard 2.1 says in words and examples, section by section.
#include <etude/music/abc.hpp>
#include <etude/music/checks.hpp>

#include "catch.hpp"

using namespace etude;
using namespace etude::music;

namespace {

Score read(const std::string& abc) { return read_abc(abc, Reading::strict); }

/// A tune in 4/4 and eighths with this music.
std::string tune(const std::string& music) { return "X:1\nT:A tune\nM:4/4\nL:1/8\nK:C\n" + music + "\n"; }

Tune only_tune(const std::string& abc) {
  auto score = read(abc);
  REQUIRE(score.tunes.size() == 1);
  return score.tunes[0];
}

std::string shown(const Pitch& pitch) {
  const std::string signs = pitch.alteration > 0 ? std::string(static_cast<std::size_t>(pitch.alteration), '#')
                                                 : std::string(static_cast<std::size_t>(-pitch.alteration), 'b');
  return pitch.step + signs + std::to_string(pitch.octave);
}

std::string shown(Tie tie) { return tie == Tie::none ? "" : tie == Tie::start ? "-" : tie == Tie::both ? "~" : "."; }

/// "C4 1/2" is half a quarter note; a grace note has no length; ties: - begins, ~ goes on, . ends.
std::string shown(const Element& element) {
  if (const auto* note = std::get_if<Note>(&element.item)) {
    return shown(note->pitch) + shown(note->tie) + (note->grace ? " grace" : " " + note->length.text());
  }
  if (const auto* chord = std::get_if<Chord>(&element.item)) {
    std::string all;
    for (std::size_t i = 0; i < chord->pitches.size(); ++i) {
      all += (i ? "+" : "") + shown(chord->pitches[i]) + (chord->ties.empty() ? "" : shown(chord->ties[i]));
    }
    return all + shown(chord->tie) + " " + chord->length.text();
  }
  if (const auto* rest = std::get_if<Rest>(&element.item)) return "z " + rest->length.text();
  return {};
}

/// Notes, chords and rests of a voice, its measures divided by bars.
std::string shown(const Part& part) {
  std::string all;
  for (const auto& measure : part.measures) {
    if (!all.empty()) all += " | ";
    std::string inside;
    for (const auto& element : measure.elements) {
      const auto one = shown(element);
      if (!one.empty()) inside += (inside.empty() ? "" : ", ") + one;
    }
    all += inside;
  }
  return all;
}

/// The music of the first voice.
std::string played(const std::string& line) {
  const auto made = only_tune(tune(line));
  return made.parts.empty() ? "" : shown(made.parts[0]);
}

Part part(const std::string& line) { return only_tune(tune(line)).parts.at(0); }

struct Fault {
  std::string cause;
  std::int64_t line = 0, column = 0;
};

Fault fault(const std::string& abc) {
  try {
    read(abc);
  } catch (const AbcError& error) {
    return {error.cause(), error.line(), error.column()};
  }
  return {"accepted", 0, 0};
}

/// Whether a line of music is rejected at that column for a cause that contains these words.
bool rejected(const std::string& line, std::int64_t column, const std::string& words) {
  const auto found = fault(tune(line));
  INFO(line << " -> " << found.line << ":" << found.column << ": " << found.cause);
  CHECK(found.line == 6);
  CHECK(found.column == column);
  CHECK(found.cause.find(words) != std::string::npos);
  return found.line == 6 && found.column == column && found.cause.find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("A tune begins with X: and its header ends with K:, its title may be missing") {
  CHECK(only_tune("X:1\nT:Air\nK:C\nCD|\n").field('T') == "Air");
  CHECK(shown(only_tune("X:1\nK:C\nC|").parts[0]) == "C4 1/2");
  CHECK(read("X:1\nT:Only a header\nK:C\n").tunes[0].parts.empty());
  CHECK(fault("hello world\n").cause.find("no tune") != std::string::npos);
  CHECK(fault("T:no number\nK:C\nCDE\n").cause.find("no tune") != std::string::npos);
  const auto without_key = fault("\nX:1\nT:x\n\nCDE\n");
  CHECK(without_key.cause.find("no K:") != std::string::npos);
  CHECK(without_key.line == 2);
  CHECK(fault("X:1\nCDE|\nK:C\n").cause.find("music before K:") != std::string::npos);
  CHECK(fault("X:one\nK:C\n").cause.find("X:") != std::string::npos);
  CHECK(fault("X:1\nX:2\nK:C\n").line == 2);
}

TEST_CASE("Tunes are separated by empty lines, and free text between them is no music") {
  const auto score = read("A collection\n\nX:1\nK:C\nC|\n\nsome words [ about the next\n\nX:2\r\nK:G\r\nF|\r\n");
  REQUIRE(score.tunes.size() == 2);
  CHECK(score.collection);
  CHECK(shown(score.tunes[1].parts[0]) == "F#4 1/2");
  CHECK(fault("X:1\nK:C\nCDE|\nX:2\nK:C\n").cause.find("empty line") != std::string::npos);
  CHECK(read("M:3/4\nL:1/4\n\nX:1\nK:C\nC|\n").tunes[0].parts[0].measures[0].length() == Fraction(1));
  CHECK(read("X:1\nK:C\nC|\n%%begintext\n[ not music\n\nstill text\n%%endtext\nD|\n").tunes.size() == 1);
}

TEST_CASE("The unit note length follows the meter unless L: gives it") {
  const auto length = [](const std::string& fields) {
    return only_tune("X:1\n" + fields + "K:C\nA|\n").parts[0].measures[0].length();
  };
  CHECK(length("M:3/4\n") == Fraction(1, 2));
  CHECK(length("M:2/4\n") == Fraction(1, 4));
  CHECK(length("M:6/8\n") == Fraction(1, 2));
  CHECK(length("M:C|\n") == Fraction(1, 2));
  CHECK(length("M:none\n") == Fraction(1, 2));
  CHECK(length("") == Fraction(1, 2));
  CHECK(length("M:2/4\nL:1/4\n") == Fraction(1));
  CHECK(length("L:1\n") == Fraction(4));
}

TEST_CASE("Meters: common and cut time, sums, none; other values are rejected where they stand") {
  const auto meter = [](const std::string& value) { return only_tune("X:1\nM:" + value + "\nK:C\nA|\n").parts[0].measures[0]; };
  CHECK(*meter("C").meter == Meter{4, 4});
  CHECK(*meter("C|").meter == Meter{2, 2});
  CHECK(*meter("(2+3)/8").meter == Meter{5, 8});
  CHECK(*meter("2+3+2/8 % seven").meter == Meter{7, 8});
  CHECK(meter("none").meter == nullptr);
  CHECK(meter("none").unmeasured);
  for (const auto* bad :
       {"", "4", "4/", "/4", "4/0", "4/3", "0/4", "(2+3/8", "foo", "C4", "4/4 x", "9999999/4", "9999+1/4", "-3/4"}) {
    const auto found = fault("X:1\nM:" + std::string(bad) + "\nK:C\n");
    INFO(bad);
    CHECK(found.line == 2);
    CHECK(found.column >= 3);
  }
}

TEST_CASE("Keys: tonic, mode by three letters, accidentals beside it, pipes, none") {
  const auto key = [](const std::string& value) {
    const auto made = only_tune("X:1\nL:1/4\nK:" + value + "\nABcdefg|\n").parts[0];
    return std::to_string(made.measures[0].key->sharps) + " " + made.measures[0].key->mode + ": " + shown(made);
  };
  CHECK(key("D").substr(0, 8) == "2 major:");
  CHECK(key("D Major").substr(0, 8) == "2 major:");
  CHECK(key("Am").substr(0, 8) == "0 minor:");
  CHECK(key("A MIN").substr(0, 8) == "0 minor:");
  CHECK(key("ADor").substr(0, 9) == "1 dorian:");
  CHECK(key("Gmixolydian").substr(0, 13) == "0 mixolydian:");
  CHECK(key("E Phr").substr(0, 11) == "0 phrygian:");
  CHECK(key("Flyd").substr(0, 8) == "0 lydian");
  CHECK(key("Bloc").substr(0, 9) == "0 locrian");
  CHECK(key("Bb") == "-2 major: A4 1, Bb4 1, C5 1, D5 1, Eb5 1, F5 1, G5 1");
  CHECK(key("D Phr ^f") == "-2 phrygian: A4 1, Bb4 1, C5 1, D5 1, Eb5 1, F#5 1, G5 1");
  CHECK(key("D maj =c") == "2 major: A4 1, B4 1, C5 1, D5 1, E5 1, F#5 1, G5 1");
  CHECK(key("D exp _b _e ^f") == "0 major: A4 1, Bb4 1, C5 1, D5 1, Eb5 1, F#5 1, G5 1");
  CHECK(key("none").substr(0, 2) == "0 ");
  CHECK(key("Hp") == "2 : A4 1, B4 1, C#5 1, D5 1, E5 1, F#5 1, G5 1");
  for (const auto* bad : {"H", "Z", "Cfoo", "C foo", "G#", "Dbm", "C ^h", "G octave=x", "C ^^^f"}) {
    INFO(bad);
    CHECK(fault("X:1\nK:" + std::string(bad) + "\n").line == 2);
  }
}

TEST_CASE("An accidental holds to the end of its bar in all octaves, or as propagate-accidentals says") {
  CHECK(played("^cC c2 z4|c8|") == "C#5 1/2, C#4 1/2, C#5 1, z 2 | C5 4");
  CHECK(played("^^c__d=e_c|") == "C##5 1/2, Dbb5 1/2, E5 1/2, Cb5 1/2");
  CHECK(played("^c=cc|") == "C#5 1/2, C5 1/2, C5 1/2");
  CHECK(played("[I:propagate-accidentals octave]^cCc|") == "C#5 1/2, C4 1/2, C#5 1/2");
  CHECK(played("[I:propagate-accidentals not]^cc|") == "C#5 1/2, C5 1/2");
  CHECK(played("^c8-|c4 c4|") == "C#5- 4 | C#5. 2, C5 2");
  CHECK(played("[K:D]cf[K:C]cf|") == "C#5 1/2, F#5 1/2, C5 1/2, F5 1/2");
  CHECK(rejected("A^|", 2, "accidental"));
  CHECK(rejected("^^^A", 1, "accidental"));
  CHECK(rejected("=_A", 1, "accidental"));
}

TEST_CASE("Octave marks and lengths") {
  CHECK(played("C,,cc''C'|") == "C2 1/2, C5 1/2, C7 1/2, C5 1/2");
  CHECK(played("A2A3/2A/A//A/4A1|") == "A4 1, A4 3/4, A4 1/4, A4 1/8, A4 1/8, A4 1/2");
  CHECK(played("A3/ z3 x/|") == "A4 3/4, z 3/2, z 1/4");
  CHECK(rejected("A0", 2, "zero"));
  CHECK(rejected("A/0", 3, "zero"));
  CHECK(rejected("A//2", 4, "unknown sign 2"));
  CHECK(rejected("A999999", 2, "length"));
  CHECK(rejected("A" + std::string(99, '/'), 2, "length"));
  CHECK(rejected("c" + std::string(9, '\''), 1, "out of range"));
}

TEST_CASE("Rests of whole bars stand for as many, and only in bars of their own") {
  const auto made = part("Z3|Z|");
  REQUIRE(made.measures.size() == 2);
  CHECK(made.measures[0].bars == 3);
  CHECK(made.measures[0].length() == Fraction(12));
  CHECK(made.measures[1].number == 4);
  CHECK(count_measures(read(tune("Z3|X|"))) == 4);
  CHECK(rejected("AZ|", 2, "whole bars"));
  CHECK(rejected("Z0|", 1, "no bars"));
  CHECK(rejected("[M:none]Z|", 9, "free meter"));
}

TEST_CASE("Broken rhythm lengthens and shortens by the number of its signs, through grace notes") {
  CHECK(played("A>B A<B|") == "A4 3/4, B4 1/4, A4 1/4, B4 3/4");
  CHECK(played("A>>B A>>>B|") == "A4 7/8, B4 1/8, A4 15/16, B4 1/16");
  CHECK(played("A<{g}B A{g}<B|") == "A4 1/4, G5 grace, B4 3/4, A4 1/4, G5 grace, B4 3/4");
  CHECK(played("[Ac]2>[Bd]2|") == "A4+C5 3/2, B4+D5 1/2");
  CHECK(rejected("A>|B", 2, "broken rhythm"));
  CHECK(rejected(">B", 1, "broken rhythm"));
  CHECK(rejected("A><B", 3, "two directions"));
  CHECK(rejected("A>>>>B", 2, "more than three"));
  CHECK(rejected("A>", 2, "broken rhythm"));
}

TEST_CASE("Tuplets: p notes in the time of q for the next r, with the defaults of the standard") {
  CHECK(played("(3ABc d|") == "A4 1/3, B4 1/3, C5 1/3, D5 1/2");
  CHECK(played("(2AB|") == "A4 3/4, B4 3/4");
  CHECK(played("(3::2 A2B c|") == "A4 2/3, B4 1/3, C5 1/2");
  CHECK(played("(3:2:4 ABcd e|") == "A4 1/3, B4 1/3, C5 1/3, D5 1/3, E5 1/2");
  CHECK(played("(3:4 ABc|") == "A4 2/3, B4 2/3, C5 2/3");
  CHECK(played("[M:6/8](5ABcde|") == "A4 3/10, B4 3/10, C5 3/10, D5 3/10, E5 3/10");
  CHECK(played("[M:4/4](5ABcde|") == "A4 1/5, B4 1/5, C5 1/5, D5 1/5, E5 1/5");
  CHECK(played("(3[Ac]z(B)|") == "A4+C5 1/3, z 1/3, B4 1/3");
  CHECK(played("(3A{g}Bc|") == "A4 1/3, G5 grace, B4 1/3, C5 1/3");
  CHECK(rejected("(3AB", 1, "lacks 1 note"));
  CHECK(rejected("(1A", 1, "tuplet"));
  CHECK(rejected("(12A", 1, "in the time of"));
  CHECK(rejected("(3:0A", 4, "zero"));
  CHECK(rejected("(3A(3Bcd", 4, "within a tuplet"));
}

TEST_CASE("Chords last as long as their first note, times what stands behind the bracket") {
  CHECK(played("[CEG]2|") == "C4+E4+G4 1");
  CHECK(played("[C2E2G2]3|") == "C4+E4+G4 3");
  CHECK(played("[C2E/]/|") == "C4+E4 1/2");
  CHECK(played("[^FA]F|") == "F#4+A4 1/2, F#4 1/2");
  CHECK(rejected("A[CE", 2, "never closed"));
  CHECK(rejected("[CE|G]", 4, "chord"));
  CHECK(rejected("[C E]", 4, "space"));
  CHECK(rejected("[]", 1, "no notes"));
  CHECK(rejected("[Cz]", 3, "notes only"));
  CHECK(rejected("CE]", 3, "nothing opened"));
}

TEST_CASE("Ties join notes of one pitch, also within and between chords, and stand behind the first of them") {
  CHECK(played("A4-A4-|A8|") == "A4- 2, A4~ 2 | A4. 4");
  CHECK(played("[CE]-[CE]|") == "C4+E4- 1/2, C4+E4. 1/2");
  CHECK(played("[C-E]C|") == "C4-+E4 1/2, C4. 1/2");
  CHECK(played("A.- A|") == "A4- 1/2, A4. 1/2");
  CHECK(played("A2-:|B2|") == "A4 1 | B4 1");  // goes back to the beginning
  CHECK(count_notes(read(tune("[CE-]E-E|"))) == 2);
  CHECK(rejected("c4 -c4", 4, "right behind"));
  CHECK(rejected("abc|-cba", 5, "right behind"));
  CHECK(rejected("A-B", 2, "tie to nothing"));
  CHECK(rejected("A-zA", 2, "tie to nothing"));
  CHECK(rejected("z-z", 2, "right behind"));
}

TEST_CASE("Slurs nest, and end where they began or later") {
  const auto made = part("(c (d e f) g .(a)) |");
  REQUIRE(made.spans.size() == 3);
  CHECK(made.spans[0].first == 0);
  CHECK(made.spans[0].last == 6);
  CHECK(made.spans[1].first == 1);
  CHECK(made.spans[1].last == 4);
  CHECK(played("(A|B)|") == "A4 1/2 | B4 1/2");
  CHECK(rejected("(AB", 1, "never closed"));
  CHECK(rejected("AB)", 3, "never began"));
  CHECK(rejected("()A", 2, "no notes"));
}

TEST_CASE("Grace notes take no time") {
  CHECK(played("{g}A{/ef}B|") == "G5 grace, A4 1/2, E5 grace, F5 grace, B4 1/2");
  CHECK(played("{a3/2b/}c{d>e}f|") == "A5 grace, B5 grace, C5 1/2, D5 grace, E5 grace, F5 1/2");
  CHECK(rejected("{gA", 1, "never closed"));
  CHECK(rejected("{g|}A", 3, "grace notes"));
  CHECK(rejected("{}A", 1, "without grace notes"));
  CHECK(rejected("g}A", 2, "nothing opened"));
}

TEST_CASE("Decorations: long and short forms, redefined by U:, and what they become") {
  const auto made =
      only_tune("X:1\nU:t = !tenuto!\nU:T = !nil!\nK:C\n.A vB !accent!c ~d +fermata+e tf Tg !whatever!a|\n").parts[0];
  const auto& elements = made.measures[0].elements;
  const auto note = [&](std::size_t i) { return std::get<Note>(elements.at(i).item); };
  CHECK(note(0).articulations.has(Articulation::staccato));
  CHECK(note(1).articulations.has(Articulation::down_bow));
  CHECK(note(2).articulations.has(Articulation::accent));
  CHECK(note(3).decorations == std::vector<std::string>{"roll"});
  CHECK(note(4).decorations == std::vector<std::string>{"fermata"});
  CHECK(note(5).articulations.has(Articulation::tenuto));
  CHECK(note(6).decorations.empty());
  CHECK(note(7).decorations == std::vector<std::string>{"whatever"});
  CHECK(part("!<(!AB!<)!c|").spans.at(0).kind == Span::Kind::crescendo);
  CHECK(played("A !D.C.!|") == "A4 1/2");
  CHECK(rejected("A!trill B", 2, "never closed"));
  CHECK(rejected("!tr|!A", 1, "never closed"));
  CHECK(rejected("AhB", 2, "unknown sign h"));
  CHECK(rejected("(AT)B", 3, "without a note"));
  CHECK(fault("X:1\nU:A = !trill!\nK:C\n").line == 2);
  CHECK(played("[I:linebreak !]A!B|") == "A4 1/2, B4 1/2");
}

TEST_CASE("Chord symbols and annotations stand over what follows and take no time") {
  const auto made = part("\"Am7\"A2 \"^high\"B2|");
  const auto& elements = made.measures[0].elements;
  REQUIRE(elements.size() == 4);
  CHECK(std::get<ChordSymbol>(elements[0].item).text == "Am7");
  CHECK(std::get<ChordSymbol>(elements[2].item).text == "^high");
  CHECK(elements[2].offset == Fraction(1));
  CHECK(rejected("\"Am A|", 1, "never closed"));
}

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
