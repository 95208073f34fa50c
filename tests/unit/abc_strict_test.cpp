// The strict reading of ABC, against what the standard 2.1 says in words and examples: fields, notes and what stands about them.
#include <etude/music/checks.hpp>

#include "strict_reading.hpp"

using namespace etude;
using namespace etude::music;

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

TEST_CASE("Meters: common and cut time, sums, none, and other values are rejected where they stand") {
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
