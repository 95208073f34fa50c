// A packed corpus read where it lies.
#include <catch.hpp>
#include <corpus/corpus_facts.hpp>
#include <unit/library_fixture.hpp>

using namespace etude;
using namespace etude::testing;

namespace fs = std::filesystem;

TEST_CASE("What a corpus says of itself is what its maker knew") {
  Workshop workshop;
  workshop.experiment.filter.min_gzip_ratio = 0.125;
  const Corpus corpus = workshop.prepare();
  const auto facts = find_corpus_facts(workshop.options.directory, corpus.fingerprint);
  REQUIRE(facts);
  CHECK(facts->dataset == "library");
  CHECK(facts->tokenizer == "letter");
  CHECK(facts->min_gzip_ratio == 0.125);
  CHECK(facts->texts.outcome_counts == corpus.outcome_counts);
  CHECK(facts->texts.histogram == corpus.histogram);
  CHECK(facts->texts.splits[0].documents == corpus.train_documents);
  CHECK(facts->texts.duplicates.validation.documents == corpus.duplicates.validation.documents);
  REQUIRE(facts->documents);
  CHECK(facts->documents->size() == 8);
  CHECK(facts->documents->id(3) == "3");
}

TEST_CASE("A corpus without its documents still says the rest") {
  Workshop workshop;
  const Corpus corpus = workshop.prepare();
  fs::remove_all(corpus.documents_directory);
  const auto facts = find_corpus_facts(workshop.options.directory, corpus.fingerprint);
  REQUIRE(facts);
  CHECK_FALSE(facts->documents);
  CHECK(facts->min_gzip_ratio == 0);
  CHECK(facts->texts.splits[0].documents == corpus.train_documents);
}

TEST_CASE("A corpus that is not there, or damaged, says nothing") {
  Workshop workshop;
  const Corpus corpus = workshop.prepare();
  const auto find = [&] { return find_corpus_facts(workshop.options.directory, corpus.fingerprint).has_value(); };
  CHECK(find());
  CHECK_FALSE(find_corpus_facts(workshop.options.directory, std::string(64, '0')));
  CHECK_FALSE(find_corpus_facts(workshop.options.directory, ""));
  CHECK_FALSE(find_corpus_facts(workshop.folder.path() / "elsewhere", corpus.fingerprint));

  const fs::path manifest = corpus.directory / "corpus.json";
  const std::string whole = read_file(manifest);
  for (const std::string& damaged :
       {std::string("nonsense"), whole.substr(0, whole.size() / 2), std::string("[1, 2]"), std::string("{\"made_of\": 3}")}) {
    write_file(manifest, damaged);
    CHECK_FALSE(find());
  }
}
