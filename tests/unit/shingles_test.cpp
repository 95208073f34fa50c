#include <algorithm>
#include <catch.hpp>
#include <corpus/shingles.hpp>
#include <unit/random_tunes.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

std::vector<std::uint64_t> sorted(const std::string& text, std::int64_t bars = 4) {
  Shingler shingler(bars);
  auto shingles = shingler.shingles(text);
  std::sort(shingles.begin(), shingles.end());
  return shingles;
}

}  // namespace

TEST_CASE("Shingles are the runs of consecutive bars, each once") {
  REQUIRE(sorted("K:C\nA|B|C|D|E|\n").size() == 2);
  REQUIRE(sorted("K:C\nA|B|C|D|E|\n", 1).size() == 5);
  REQUIRE(sorted("K:C\nA|A|A|A|A|A|A|\n").size() == 1);
  REQUIRE(sorted("K:C\nA|B|C|D|A|B|C|D|\n").size() == 4);
}

TEST_CASE("Fields, comments, white space, chord symbols and decorations do not tell documents apart") {
  const auto plain = sorted("X:1\nT:One\nK:C\nCDEF|GABc|d2e2|f4|\n");
  REQUIRE(sorted("X:2\nT:Another\nK:G\nQ:120\n%%MIDI program 1\nC D E F | G A B c | d2 e2 | f4 |]\n") == plain);
  REQUIRE(sorted("\"Am\"CDEF|!trill!GABc|\"E7\"d2e2|f4|% the end\n") == plain);
  REQUIRE(sorted("[K:D]CDEF|GA[M:3/4]Bc|d2e2|f4|\n") == plain);
  REQUIRE(sorted("CDEF|GABc|d2e2|f3|\n") != plain);
}

TEST_CASE("Bar lines of every kind end a bar, and so does the end of a line") {
  const auto plain = sorted("A|B|C|D|E|F|");
  REQUIRE(sorted("|:A|B||C:|D::E|]F|\n") == plain);
  REQUIRE(sorted("A|B|C\nD|E\\\nF|\n") == plain);
  REQUIRE(sorted("A|B|\r\nC|D|\r\nE|F|\r\n") == plain);
}

TEST_CASE("A line that opens with a repeat is music, not a field") {
  REQUIRE(sorted("|:ABCD|EFGA|BCDE|FGAB:|\n") == sorted("ABCD|EFGA|BCDE|FGAB|\n"));
}

TEST_CASE("Runs follow a voice across its lines, and never go from one voice into another") {
  const auto apart = sorted("V:1\nA|B|C|D|E|F|\nV:2\na|b|c|d|e|f|\n");
  REQUIRE(apart.size() == 6);
  REQUIRE(sorted("V:1 name=flute\nA|B|C|\nV:2\na|b|c|\nV:1\nD|E|F|\nV:2\nd|e|f|\n") == apart);
  REQUIRE(sorted("[V:1]A|B|C|\n[V:2]a|b|c|\n[V:1]D|E|F|\n[V:2]d|e|f|\n") == apart);
  REQUIRE(sorted("A|B|C|D|E|F|a|b|c|d|e|f|\n").size() == 9);
}

TEST_CASE("A voice of few bars is one shingle, and a text without bars is one as a whole") {
  REQUIRE(sorted("A|B|\n").size() == 1);
  REQUIRE(sorted("A|B|\n") != sorted("A|C|\n"));
  REQUIRE(sorted("K:C\n").size() == 1);
  REQUIRE(sorted("K:C\n") != sorted("K:D\n"));
  REQUIRE(sorted("").empty());
}

TEST_CASE("Quotes and brackets that do not close are characters like others") {
  REQUIRE(sorted("A\"|B|C|D|\n").size() == 1);
  REQUIRE(sorted("[V:1 A|B|C|D|E|\n").size() == 2);
  REQUIRE(sorted(std::string("A\0|B|\xFF|D|\n", 9)).size() == 1);
}

TEST_CASE("Jaccard of shingles is that of the runs of bars") {
  RandomTunes random(5);
  Shingler shingler(4);
  for (int i = 0; i < 200; ++i) {
    const Bars a = random.tune(10 + random.below(60)), b = random.changed(a, random.below(12));
    REQUIRE(jaccard(sorted(abc(a)), sorted(abc(b, 2))) == Approx(exact_similarity(a, b, 4)));
  }
  REQUIRE(jaccard({}, {}) == 1);
  REQUIRE(jaccard({1, 2, 3}, {}) == 0);
}
