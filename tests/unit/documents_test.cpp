#include <catch.hpp>
#include <corpus/histogram.hpp>
#include <etude/unicode.hpp>
#include <thread>
#include <unit/documents_fixture.hpp>

using namespace etude;
using namespace etude::testing;

TEST_CASE("Every document can be read by its number, from several threads at once") {
  DocumentsFixture fixture;
  for (int i = 0; i < 5000; ++i)
    fixture.add("id " + std::to_string(i), std::string(static_cast<std::size_t>(i % 300), 'x') + std::to_string(i));
  const Documents documents = fixture.documents();
  REQUIRE(documents.size() == 5000);
  std::vector<std::jthread> threads;
  std::atomic<int> wrong = 0;
  for (int thread = 0; thread < 4; ++thread)
    threads.emplace_back([&, thread] {
      Document document;
      for (int i = thread; i < 5000; i += 3) {
        const auto number = static_cast<std::size_t>((i * 7) % 5000);
        documents.read(number, document);
        const auto& expected = fixture.library.documents[number];
        wrong += document.id != expected.id || document.text != expected.text || !document.trimmed.empty() || document.split;
      }
    });
  threads.clear();
  REQUIRE(wrong == 0);
}

TEST_CASE("Trimmed lines, splits, empty texts and characters of the source are kept") {
  DocumentsFixture fixture;
  fixture.add("one", "caf\xC3\xA9\n", Split::test);
  fixture.library.documents.back().trimmed = "z4|\nz4|\n";
  fixture.add("two", "");
  fixture.add("three", std::string("\0\xFF", 2), Split::train);
  const Documents documents = fixture.documents();
  Document document;
  documents.read(0, document);
  REQUIRE(document.trimmed == "z4|\nz4|\n");
  REQUIRE(document.text == "caf\xC3\xA9\n");
  REQUIRE(document.split == Split::test);
  REQUIRE(documents.characters(0) == 5);
  REQUIRE(documents.text_bytes(0) == 6);
  documents.read(1, document);
  REQUIRE((document.id == "two" && document.text.empty() && document.trimmed.empty() && !document.split));
  documents.read(2, document);
  REQUIRE(document.text == std::string("\0\xFF", 2));
  REQUIRE(documents.bytes() == 8 + 6 + 2);
  REQUIRE(documents.outcome_counts().at("read") == 3);
  REQUIRE(read_file(documents.directory() / "outcomes.tsv") == "broken.mid\tfailed\tno notes\n");
}

TEST_CASE("The files are the same whatever the number of threads") {
  DocumentsFixture fixture;
  for (int i = 0; i < 9000; ++i) fixture.add(std::to_string(i), std::string(static_cast<std::size_t>(i * 31 % 1500), 'a'));
  const Documents one = fixture.documents(1), five = fixture.documents(5);
  for (const char* file : {"documents.txt", "documents.index", "documents.ids"})
    REQUIRE(sha256_of_file(one.directory() / file) == sha256_of_file(five.directory() / file));
}

TEST_CASE("An id that is no single line and a dataset without documents are errors") {
  DocumentsFixture fixture;
  REQUIRE_THROWS_WITH(fixture.documents(), Catch::Contains("no document is left to train on (1 failed, 0 read)"));
  std::string remedy;
  try {
    fixture.documents();
  } catch (const Error& error) {
    remedy = error.remedy();
  }
  REQUIRE(remedy == "see dataset.path; the most frequent reason: no notes (1 time)");
  fixture.add("two\nlines", "text");
  REQUIRE_THROWS_WITH(fixture.documents(), Catch::Contains("\"two\\nlines\""));
}

TEST_CASE("Characters are counted fast as they are counted slowly") {
  const std::string pieces[] = {"a",    "12345678", "\xC3\xA9",        "\xE2\x99\xAD", "\xF0\x9D\x84\x9E",
                                "\xFF", "\xC3",     "abcdefghijklmnop"};
  std::uint64_t state = 1;
  for (int i = 0; i < 500; ++i) {
    std::string text;
    for (int j = 0; j < i % 40; ++j) text += pieces[(state = state * 6364136223846793005u + 1442695040888963407u) >> 61];
    REQUIRE(count_characters_fast(text) == count_characters(text));
    Histogram histogram;
    REQUIRE(histogram.add(text) == count_characters(text));
    std::int64_t valid = 0, counted = 0;
    for_each_code_point(text, [&](const CodePoint& point, std::size_t) { valid += point.valid; });
    for (const auto& [character, count] : histogram.ranked()) counted += count;
    REQUIRE(counted == valid);
  }
}
