// Tunes as pictures and as sound, by other programs.
#include <base/files.hpp>
#include <catch.hpp>
#include <etude/music/judge.hpp>
#include <etude/process.hpp>
#include <generate/rendering.hpp>
#include <temporary_directory.hpp>

using namespace etude;

namespace {

constexpr const char* tune = "X:1\nT:A & B <i>\nM:4/4\nL:1/8\nK:C\nCDEF GABc|\n";

}  // namespace

TEST_CASE("A sheet is one picture that takes any size, the same each time") {
  const auto abcm2ps = find_program("abcm2ps");
  if (abcm2ps.empty()) SKIP("there is no abcm2ps");
  const std::string sheet = draw_sheet(abcm2ps, tune);
  CHECK(sheet.starts_with("<svg "));
  CHECK(sheet.find("viewBox=\"0 0 ") != sheet.npos);
  CHECK(sheet.find("A &amp; B &lt;i&gt;") != sheet.npos);
  CHECK(sheet.find("<!--") == sheet.npos);
  CHECK(sheet.find('\n') == sheet.npos);
  CHECK(draw_sheet(abcm2ps, tune) == sheet);
  CHECK_THROWS_WITH(draw_sheet(abcm2ps, "no tune"), Catch::Contains("abcm2ps printed nothing"));
}

TEST_CASE("A tune that asks for other files, or brings its own drawing, gets neither") {
  const auto abcm2ps = find_program("abcm2ps");
  if (abcm2ps.empty()) SKIP("there is no abcm2ps");
  const testing::TemporaryDirectory folder;
  const auto secret = folder.path() / "secret.abc";
  write_file(secret, "W:forty-two\n%%text forty-two\n");
  const std::string file = secret.string();
  const std::string body = "X:1\nM:4/4\nL:1/8\nK:C\nCDEF GABc|";
  const std::vector<std::string> asked{"\n%%format " + file,
                                       "\n%%abc-include " + file,
                                       "\nI:format " + file,
                                       "\nI:abc-include " + file,
                                       " [I:abc-include " + file + "] c4|",
                                       "\r%%abc-include " + file,
                                       "\n%%beginsvg\n<g id=\"forty-two\"/>\n%%endsvg"};
  for (const auto& asks : asked) {
    INFO(asks);
    CHECK(draw_sheet(abcm2ps, body + asks + "\nw:la\n").find("forty-two") == std::string::npos);
  }
}

TEST_CASE("Sound is an Ogg file that ends where it should") {
  const auto fluidsynth = find_program("fluidsynth");
  if (fluidsynth.empty()) SKIP("there is no fluidsynth");
  std::filesystem::path font;
  try {
    font = require_sound_font({});
  } catch (const Error&) {
    SKIP("there is no sound font");
  }
  const auto midi = music::judge_abc(tune, music::Reading::music21).midi;  // four quarters, which take two seconds
  REQUIRE(midi);
  const Sound whole = play_midi(fluidsynth, font, *midi, 60);
  CHECK(whole.ogg.starts_with("OggS"));
  CHECK(whole.whole);
  CHECK(whole.seconds > 2);
  CHECK(whole.seconds < 10);
  const Sound part = play_midi(fluidsynth, font, *midi, whole.seconds - 1);
  CHECK_FALSE(part.whole);
  CHECK(part.seconds < whole.seconds);
  CHECK(part.ogg.starts_with("OggS"));
  CHECK(part.ogg.size() < whole.ogg.size());
  CHECK_THROWS_WITH(play_midi(fluidsynth, "/none.sf2", "no MIDI", 5), Catch::Contains("fluidsynth"));
}
