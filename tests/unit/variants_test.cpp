// Training documents once more, transposed.
#include <base/files.hpp>
#include <catch.hpp>
#include <corpus/variants.hpp>
#include <thread>
#include <unit/library_fixture.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

/// Documents of one letter each, "a" to "h"; a variant moves the letter. Nothing goes beyond 'i'.
struct Transposing : Workshop {
  Transposing() {
    library.documents.clear();
    for (char letter = 'a'; letter <= 'h'; ++letter) add(std::string(1, letter), std::string(3, letter));
    library.transpositions = {1, -1, 3};
    library.variant = [](const std::string& id, int semitones) -> std::optional<Document> {
      const char letter = static_cast<char>(id[0] + semitones);
      if (letter > 'i') return std::nullopt;
      return Document{id, std::string(3, letter), {}};
    };
  }
};

std::string text_of(const PackedSplit& split) {
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(split.tokens.size()));
  split.tokens.copy(0, tokens);
  return {tokens.begin(), tokens.end()};
}

}  // namespace

// Python's shuffle of range(8) with seed 42 is 3 4 6 7 2 5 0 1: d e g h train, c f validate, a b test.
TEST_CASE("Variants of training documents alone stand behind all originals, from the lowest to the highest") {
  Transposing workshop;
  const Corpus corpus = workshop.prepare();
  REQUIRE(text_of(corpus.train) == "ddd##eee##ggg##hhh##ccc##eee##ggg##ddd##fff##hhh##fff##hhh##ggg##iii##");
  REQUIRE(text_of(corpus.validation) == "ccc##fff##");
  REQUIRE(text_of(corpus.test) == "aaa##bbb##");
  REQUIRE(corpus.transpositions == std::vector<int>{-1, 1, 3});
  REQUIRE(corpus.train_documents == 4);
  REQUIRE(corpus.train.documents.size() == 14);
  REQUIRE(corpus.unique_train_tokens == 4 * 5);
  REQUIRE(corpus.train.tokens.size() == 14 * 5);
  REQUIRE(corpus.train.characters == 14 * 3);
  // The tokenizer learns from what the model will see.
  REQUIRE(corpus.tokenizer->decode({}).starts_with("ddd##|eee##|ggg##|hhh##|ccc##|eee##|"));
}

TEST_CASE("Variants that cannot be made are counted and listed") {
  Transposing workshop;
  const Corpus corpus = workshop.prepare();
  // g + 3 and h + 3.
  REQUIRE(corpus.outcome_counts.at("not transposed") == 2);
  REQUIRE(corpus.outcome_counts.at("transposed") == 10);
  REQUIRE(read_file(corpus.texts_directory / "outcomes.tsv") ==
          "g\tnot transposed\tby +3 semitones: out of range, or not of a kind that can be moved\n"
          "h\tnot transposed\tby +3 semitones: out of range, or not of a kind that can be moved\n");
}

TEST_CASE("The histogram, the splits and the texts' digests are of originals alone") {
  Transposing workshop, plain;
  plain.library.transpositions.clear();
  const Corpus with = workshop.prepare(), without = plain.prepare();
  REQUIRE(with.histogram == without.histogram);
  REQUIRE(with.validation_text == without.validation_text);
  REQUIRE(with.test_text == without.test_text);
  REQUIRE(with.validation_text != with.test_text);
  REQUIRE(with.unique_train_tokens == without.train.tokens.size());
  REQUIRE(without.unique_train_tokens == without.train.tokens.size());
  REQUIRE(without.transpositions.empty());
}

TEST_CASE("Variants are in order whatever the number of threads, and however long one takes") {
  Transposing slow, quick;
  slow.options.threads = 5;
  quick.options.threads = 1;
  slow.library.variant = [inner = slow.library.variant](const std::string& id, int semitones) {
    std::this_thread::sleep_for(std::chrono::milliseconds(id == "d" ? 20 : 0));
    return inner(id, semitones);
  };
  REQUIRE(read_file(slow.prepare().directory / "train.tokens") == read_file(quick.prepare().directory / "train.tokens"));
}

TEST_CASE("Where the documents are there already, the dataset is read to its end before variants are asked for") {
  Transposing workshop;
  workshop.prepare();
  REQUIRE(workshop.library.passes == 1);
  workshop.experiment.split.seed = 9;
  const Corpus corpus = workshop.prepare();
  REQUIRE(workshop.library.passes == 2);
  REQUIRE(corpus.train.documents.size() > static_cast<std::size_t>(corpus.train_documents));
  workshop.experiment.tokenizer.options = Table{{"offset", Value(1)}};
  workshop.prepare();
  REQUIRE(workshop.library.passes == 2);
}

TEST_CASE("A dataset's transpositions are taken once each, without the original") {
  Library library;
  library.transpositions = {5, 0, -2, 5, -2};
  REQUIRE(transpositions_of(LibraryDataset(library)) == std::vector<int>{-2, 5});
}

TEST_CASE("A variant that fails is an error of the dataset, and nothing is left half made") {
  Transposing workshop;
  workshop.library.variant = [](const std::string& id, int) -> std::optional<Document> {
    throw Error("no such document: " + id);
  };
  REQUIRE_THAT(workshop.failure(), Catch::Contains("no such document: d"));
  for (const auto& entry : std::filesystem::directory_iterator(workshop.options.directory))
    REQUIRE_FALSE(entry.path().filename().string().starts_with("texts"));
}
