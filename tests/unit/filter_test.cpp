#include <catch.hpp>
#include <corpus/filter.hpp>
#include <unit/documents_fixture.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

using enum Verdict;
using Verdicts = std::vector<Verdict>;

struct Measured : DocumentsFixture {
  MappedRecords<GzipSize> ratios(const Documents& documents, int threads = 2) {
    const StageKey key("ratios", folder.path(), R"({"threads":)" + std::to_string(threads) + "}");
    build_ratios(key, documents, threads, [](std::int64_t, std::int64_t) {});
    return *open_ratios(key);
  }
};

}  // namespace

TEST_CASE("The filter names what it drops by its characters, and its bounds are inside") {
  const FilterOptions options{.min_characters = 10, .max_characters = 20};
  REQUIRE(judge_length(options, 0) == empty);
  REQUIRE(judge_length(options, 9) == too_short);
  REQUIRE(judge_length(options, 10) == kept);
  REQUIRE(judge_length(options, 20) == kept);
  REQUIRE(judge_length(options, 21) == too_long);
  REQUIRE(judge_length({}, 1'000'000) == kept);
  REQUIRE(name(too_short) == std::string("filtered: too short"));
}

TEST_CASE("The gzip ratio of text and trimmed lines decides, and a ratio at the bound stays") {
  Measured fixture;
  fixture.add("varied", "X:1\nqwertyuiopasdfghjklzxcvbnm1234567890QWERTYUIOP\n");
  fixture.add("dull", std::string(5000, 'z'));
  fixture.add("space", " \t \n \n");
  fixture.add("varied, but for the rests before it", fixture.library.documents[0].text);
  fixture.library.documents[3].trimmed = std::string(5000, 'z') + "\n";
  const Documents documents = fixture.documents();
  const auto ratios = fixture.ratios(documents);
  REQUIRE(ratios.size() == 4);
  REQUIRE(ratios[1].raw_bytes == 5001);
  REQUIRE(filter({.min_gzip_ratio = 0.24}, documents, ratios) == Verdicts{kept, low_ratio, empty, low_ratio});
  REQUIRE(filter({.min_gzip_ratio = ratios[1].ratio()}, documents, ratios) == Verdicts{kept, kept, empty, kept});
  REQUIRE(filter({}, documents, {}) == Verdicts{kept, kept, kept, kept});
}

TEST_CASE("Ratios do not depend on the number of threads") {
  Measured fixture;
  for (int i = 0; i < 3000; ++i)
    fixture.add(std::to_string(i), std::string(static_cast<std::size_t>(i % 900), 'a') + std::to_string(i * 7919));
  const Documents documents = fixture.documents();
  const auto one = fixture.ratios(documents, 1), six = fixture.ratios(documents, 6);
  for (std::size_t i = 0; i < one.size(); ++i)
    if (one[i].gzip_bytes != six[i].gzip_bytes || one[i].raw_bytes != six[i].raw_bytes) FAIL("document " << i);
}

TEST_CASE("The output cap keeps the document with which the size is reached, and counts only what was kept") {
  DocumentsFixture fixture;
  for (int i = 0; i < 6; ++i) fixture.add(std::to_string(i), std::string(i == 1 ? 1 : 100, 'x'));
  const Documents documents = fixture.documents();
  const FilterOptions options{.min_characters = 10, .max_total_bytes = 250};
  REQUIRE(filter(options, documents, {}) == Verdicts{kept, too_short, kept, kept, beyond_limit, beyond_limit});
  REQUIRE(filter({.max_total_bytes = 201}, documents, {}) ==
          Verdicts{kept, kept, kept, beyond_limit, beyond_limit, beyond_limit});
}
