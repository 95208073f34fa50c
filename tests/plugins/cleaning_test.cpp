// The cleaning profiles of dataset_music: each rule of plugins/dataset_music/README.md, by documents of abc_files.
#include <torch/torch.h>

#include <catch.hpp>
#include <plugins/loaded_plugins.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

const std::string notes = "CDEF GABc|CDEF GABc|CDEF GABc|CDEF GABc|CDEF GABc|";  // 50 characters

struct Result {
  std::string text, trimmed, separator;
  std::string dropped;  ///< the outcome's reason
};

Result cleaned_by(const std::string& profile, const std::string& raw) {
  const TemporaryDirectory folder;
  write(folder.path() / "a.abc", raw);
  const auto dataset = built_plugins().make_dataset(
      "abc_files", Table{{"path", Value(folder.path().string())}, {"profile", Value(profile)}, {"split_tunes", Value(false)}},
      {});
  Document document;
  if (dataset->next(document)) return {document.text, document.trimmed, dataset->separator(), ""};
  REQUIRE(dataset->outcomes().size() == 1);
  REQUIRE(dataset->outcomes()[0].result == "dropped");
  return {"", "", dataset->separator(), dataset->outcomes()[0].reason};
}

std::string phase1(const std::string& raw) { return cleaned_by("phase1", raw).text; }
std::string phase2(const std::string& raw) { return cleaned_by("phase2", raw).text; }
std::string ours(const std::string& raw) { return cleaned_by("etude", raw).text; }

const std::string head = "X:1\nM:4/4\nL:1/8\nK:C\n";
/// What `etude` leaves of a tune with this body, its header left out.
std::string body(const std::string& raw) {
  const std::string text = ours(head + raw);
  REQUIRE(text.substr(0, head.size()) == head);
  return text.substr(head.size());
}

std::string repeat(const std::string& piece, int times) {
  std::string out;
  for (int i = 0; i < times; ++i) out += piece;
  return out;
}

}  // namespace

TEST_CASE("phase1: six headers stay, other fields, comments and blank lines go") {
  const std::string headers = "X:1\nM:4/4\nL:1/8\nK:C\nV:1\nP:A\n";
  REQUIRE(phase1(headers + "T:title\nQ:120\n%comment\n%%MIDI program 1\n\n  \n" + notes + "\n|: lost\n") == headers + notes);
  REQUIRE(cleaned_by("phase1", notes).separator == "\n\n");
}

TEST_CASE("phase1: lines end and spaces are stripped as Python does it") {
  const std::string line = "abc def";
  std::string raw, expected;
  for (const char* end : {"\n", "\r", "\r\n", "\v", "\f", "\x1c", "\x1d", "\x1e", "\xC2\x85", "\xE2\x80\xA8", "\xE2\x80\xA9"}) {
    raw += " \t\x1f\xC2\xA0\xE1\x9A\x80\xE2\x80\x8A" + line + "\xE3\x80\x80\xE2\x80\xAF\xE2\x81\x9F ";
    raw += end;
    expected += (expected.empty() ? "" : "\n") + line;
  }
  REQUIRE(phase1(raw) == expected);
}

TEST_CASE("phase1: undecodable bytes vanish before lines are looked at") {
  REQUIRE(phase1("T\xFF:gone\n\xC0X\x80:1\n" + notes + "\xE2\x82") == "X:1\n" + notes);
}

TEST_CASE("phase1: a colon after one character makes a field, also after one of several bytes") {
  const std::string kept = "\n\xC3\xA9" + std::string("a:stays");
  REQUIRE(phase1("\xC3\xA9:gone\n" + notes + kept) == notes + kept);
}

TEST_CASE("phase2: the text ends with a blank line, and the delimiter follows") {
  const auto result = cleaned_by("phase2", "X:1\r\nK:C\r\nabc|");
  REQUIRE(result.text == "X:1\nK:C\nabc|\n\n");
  REQUIRE(result.separator == "<|endoftext|>\n");
}

TEST_CASE("phase2: titles, comments, dots and one backslash at a line's end go, directives and other fields stay") {
  REQUIRE(phase2("X:1\nT:title\n% comment\n%%MIDI program 1\n...\n....\nw:words\n|:abc \\ \nd\\\\\n\\\n \n\\ \n") ==
          "X:1\n%%MIDI program 1\n....\nw:words\n|:abc\nd\\\n\n");
}

TEST_CASE("phase2: lines end at newlines alone, and undecodable bytes become U+FFFD") {
  REQUIRE(phase2("a\vb\fc\x1c"
                 "d\xC2\x85"
                 "e\rf\xE2\x82g\xFF\xFFh") ==
          "a\vb\fc\x1c"
          "d\xC2\x85"
          "e\nf\xEF\xBF\xBDg\xEF\xBF\xBD\xEF\xBF\xBDh\n\n");
}

TEST_CASE("phase2: up to 32 lines of rests are trimmed from the front, and remembered") {
  const auto result = cleaned_by("phase2", repeat("z8|\n", 31) + "z4 z4|\\\n(z8)|:\nZ8\nabc|\nz8|\n");
  REQUIRE(result.trimmed == repeat("z8|\n", 31) + "z4 z4|\n");
  REQUIRE(result.text == "(z8)|:\nZ8\nabc|\nz8|\n\n");
  // Any other line ends it, X: first of all: on what midi2abc writes it never trims.
  REQUIRE(cleaned_by("phase2", "X:1\nz8|\nabc|\n").text == "X:1\nz8|\nabc|\n\n");
  REQUIRE(cleaned_by("phase2", "z:8\nabc|\n").trimmed.empty());
  REQUIRE(cleaned_by("phase2", "|8|\nabc|\n").trimmed.empty());
}

TEST_CASE("phase2: nothing left is empty, more than 5,000,000 bytes are large") {
  REQUIRE(cleaned_by("phase2", "T:title\n% comment\n").dropped == "empty");
  REQUIRE(cleaned_by("phase2", "").dropped == "empty");
  REQUIRE(cleaned_by("phase2", "z8|\nz8|\n").dropped == "empty");
  REQUIRE(cleaned_by("phase2", std::string(5'000'001, 'a')).dropped == "large");
  REQUIRE(cleaned_by("phase2", std::string(5'000'000, 'a')).text.size() == 5'000'002);
}

TEST_CASE("etude: music that opens with a bar line and a colon stays, also a note before a repeat") {
  const std::string music = "|:CDEF|\n::GABc:|\n:|]\nA:|\nz::c4|\nc4:|";
  REQUIRE(body(music) == music);
}

TEST_CASE("etude: fields about the music stay, fields about the source and words go") {
  const std::string kept =
      "X:1\nT:A title\nR:jig\nP:AB\nM:6/8\nL:1/8\nQ:1/4=120\nU:T = !trill!\nm:~n = n\nK:G\nV:1 clef=bass\nabc|\ns:!f!";
  std::string raw = kept;
  for (const char letter : std::string("ABCDFGHNOSWZrw")) raw += std::string("\n") + letter + ": from elsewhere\n+: and on";
  REQUIRE(ours(raw) == kept);
  REQUIRE(ours("X:1\nT:A\n+: title\nN:a\n+: note\nK:C\nabc|") == "X:1\nT:A\n+: title\nK:C\nabc|");
}

TEST_CASE("etude: the path that midi2abc writes as a title goes, a real title stays") {
  REQUIRE(body("T: from input.mid\nT: from /home/me/My songs/x.MID\nT: from a.kar\nabc|") == "abc|");
  REQUIRE(body("T:From Night Till Morn\nT: from me to you\nabc|") == "T:From Night Till Morn\nT: from me to you\nabc|");
}

TEST_CASE("etude: MIDI directives stay, layout, comments, dots and backslashes go") {
  REQUIRE(
      body("%%MIDI program 1 \\\nabc| \\\n%%clef bass\n%%MIDIx\n% bar 4\n...\nI:MIDI channel 1\nI:linebreak $\nK:G % 1 sharps\n"
           "d|% end\ne\\%|\n%%begintext\nfree text\n%%endtext\n%%score 1 \\\n2 \\\n3\nf|") ==
      "%%MIDI program 1\nI:MIDI channel 1\nK:G\nd|\ne\\%|\nf|");
}

TEST_CASE("etude: text that is no UTF-8 is Latin-1, and no control character stays") {
  REQUIRE(body("T:F\xF6hn\nabc|") == "T:F\xC3\xB6hn\nabc|");
  REQUIRE(body("T:F\xC3\xB6hn \xC2\xA9\nabc|") == "T:F\xC3\xB6hn \xC2\xA9\nabc|");
  REQUIRE(ours("\xEF\xBB\xBF" + head + "ab\tc|") == head + "ab c|");
  REQUIRE(body(std::string("a\0b\x01\x7F\xC2\x85|c\x1F|\r\nd|", 16)) == "ab|c|\nd|");
}

TEST_CASE("etude: a negative length drops the tune, a tie does not") {
  for (const char* broken : {"z/-2", "z-37", "c3/-2", "[CE]-4|", "c'-1"})
    REQUIRE(cleaned_by("etude", head + "abc|" + broken).dropped == "negative length");
  for (const char* fine : {"A/-A/|", "c-|1 c:|", "c2-[2 c|", "[CE]-[CE]|", "\"C-7\"c|", "!-5!c|", "[K:C -8va]c|", "c -3|"})
    REQUIRE(body(fine) == fine);
}

TEST_CASE("etude: a tempo that is negative or absurd drops the tune, wherever it stands") {
  const auto reason = [](const std::string& line) { return cleaned_by("etude", head + line + "\nabc|").dropped; };
  for (const char* absurd : {"Q:1/4=-9", "Q:1/4=0", "Q:1/8=19", "Q:1/2=501", "Q:1/4=60000000", "Q:-120", "Q:\"Slow\" 1/4=5",
                             "abc|[Q:1/4=-9]abc|", "Q:1/4 1/4=600"})
    REQUIRE(reason(absurd) == "absurd tempo");
  for (const char* fine : {"Q:1/4=10", "Q:1/8=20", "Q:1/2=500", "Q:120", "Q:3/8=120", "Q:\"Allegro\"", "Q:Andante 1/4", "Q:C=100",
                           "Q:1/4=80.5 \"=2000\"", "Q:", "abc|[Q:1/4=90]abc|"})
    REQUIRE(reason(fine).empty());
}

TEST_CASE("etude: without a note there is no document") {
  REQUIRE(cleaned_by("etude", "").dropped == "no notes");
  REQUIRE(cleaned_by("etude", head + "V:1\nz8|z8|\n\"Am\"z8|!fff!z|[K:A]z|\n").dropped == "no notes");
  REQUIRE(cleaned_by("etude", head + "T:ABC\n").dropped == "no notes");
}

TEST_CASE("etude: bars that every voice rests in go from the start of all of them") {
  REQUIRE(body("V:1\nz8|\nz4 z4|\nz8|\nabcd efga|\nV:2\nz8|z6z2|z2CDEFGA|\nz8|") == "V:1\nz8|\nabcd efga|\nV:2\nz2CDEFGA|\nz8|");
  REQUIRE(body("z8|\nz4\nz4|z2 abc def|\nz8|") == "z2 abc def|\nz8|");
  REQUIRE(body("z8|[CE]8|") == "[CE]8|");
  REQUIRE(body("z8|[K:G]c8|") == "[K:G]c8|");
}

TEST_CASE("etude: directives and fields between the trimmed bars stay") {
  REQUIRE(body("V:1\n%%MIDI program 2\nz8|\nK:G\nz8|\n%%MIDI program 3\nQ:1/4=90\nM:3/4\nabc def|") ==
          "V:1\n%%MIDI program 2\nK:G\n%%MIDI program 3\nQ:1/4=90\nM:3/4\nabc def|");
}

TEST_CASE("etude: a voice that sounds at once keeps all others where they are") {
  const std::string music = "V:1\nz8|z8|abcd efga|\nV:2\nCDEF GABc|z8|z8|";
  REQUIRE(body(music) == music);
}

TEST_CASE("etude: a voice without a note does not hold up the others, and loses no more than they do") {
  REQUIRE(body("V:1\nz8|z8|c8|\nV:2\nz8|\nV:3\nz8|z8|z8|z8|") == "V:1\nc8|\nV:2\nV:3\nz8|z8|");
}

TEST_CASE("etude: bars are trimmed as long as they last equally long in all voices") {
  REQUIRE(body("V:1\nz8|z4|c8|\nV:2\nz4z2z/z3/2|z8|c8|") == "V:1\nz4|c8|\nV:2\nz8|c8|");
  REQUIRE(body("V:1\nz//z/4z/2z7|c8|\nV:2\nx8|c8|") == "V:1\nc8|\nV:2\nc8|");
}

TEST_CASE("etude: voices may come line by line, also by inline fields") {
  REQUIRE(body("V:1\nz8|\nV:2\nz8|\nV:1\nz8|c8|\nV:2\nz8|z8|\n") == "V:1\nV:2\nV:1\nc8|\nV:2\nz8|");
  REQUIRE(body("[V:1] z8|z8|c8|\n[V:2]z8|d8|e8|") == "[V:1] z8|c8|\n[V:2] d8|e8|");
}

TEST_CASE("etude: what is more than a rest and a plain bar line is where trimming ends") {
  for (const char* music : {"|:z8|c8:|", "z8||c8|", "z8:|c8|", "Z4|c8|", "\"Am\"z8|c8|", "[M:3/4]z6|c8|", "z8&c8|", "(3zzz|c|",
                            "z0|c|", "z/0|c|", "z99999|c|", "z8\nP:B\n|c8|", "z8|]\nc8|",
                            "z8"
                            "|1c8:|"})
    REQUIRE(body(music) == music);
}

TEST_CASE("etude: each tune of a document is trimmed by itself") {
  REQUIRE(body("z8|c8|\nX:2\nK:C\nz8|\nz8|\nd8|\nX:3\nK:C\nz8|") == "c8|\nX:2\nK:C\nd8|\nX:3\nK:C\nz8|");
}

TEST_CASE("etude: nothing follows the text, and a blank line separates documents") {
  const auto result = cleaned_by("etude", head + "abc|\n\n");
  REQUIRE(result.text == head + "abc|");
  REQUIRE(result.trimmed.empty());
  REQUIRE(result.separator == "\n\n");
}

TEST_CASE("A cleaned text cleaned again stays as it is") {
  const std::string raw = head + "T: from input.mid\nV:1\n%%MIDI program 2\nz8|z8|\nabc|\\\nV:2\nz8|\n|:abc:|\n";
  for (const char* profile : {"phase2", "etude"}) {
    const std::string once = cleaned_by(profile, raw).text;
    REQUIRE_FALSE(once.empty());
    REQUIRE(cleaned_by(profile, once).text == once);
  }
}

TEST_CASE("A profile that there is none of is refused with those that there are") {
  const auto message = error_of([] {
    built_plugins().make_dataset("midi_files", Table{{"path", Value("x")}, {"profile", Value("phase3")}}, {});
  });
  REQUIRE_THAT(message, Catch::Contains("phase3") && Catch::Contains("etude"));
}
