// Preparation from documents to mapped tokens, with a dataset and tokenizers of its own.
#include <base/files.hpp>
#include <catch.hpp>
#include <unit/library_fixture.hpp>
#include <unit/random_tunes.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;

std::string text_of(const PackedSplit& split, std::int64_t offset = 0) {
  std::vector<std::int64_t> tokens(static_cast<std::size_t>(split.tokens.size()));
  split.tokens.copy(0, tokens);
  std::string text;
  for (const auto token : tokens) text += token - offset == 256 ? '$' : static_cast<char>(token - offset);
  return text;
}

std::map<std::string, std::string> digests(const fs::path& directory) {
  std::map<std::string, std::string> out;
  for (const auto& entry : fs::directory_iterator(directory))
    if (entry.path().filename() != "verified.json") out[entry.path().filename()] = sha256_of_file(entry.path());
  return out;
}

}  // namespace

// Python's shuffle of range(8) with seed 42 is 3 4 6 7 2 5 0 1: the first four train, the next two validate.
TEST_CASE("Documents are split, and packed in the dataset's order with the separator after each") {
  Workshop workshop;
  const Corpus corpus = workshop.prepare();
  REQUIRE(text_of(corpus.train) == "dddd##eeeee##ggggggg##hhhhhhhh##");
  REQUIRE(text_of(corpus.validation) == "ccc##ffffff##");
  REQUIRE(text_of(corpus.test) == "a##bb##");
  REQUIRE(corpus.separator == std::vector<TokenId>{'#', '#'});
  REQUIRE(corpus.tokenizer->decode({}) == "dddd##|eeeee##|ggggggg##|hhhhhhhh##|");
  REQUIRE(corpus.train.characters == 24);
  REQUIRE(corpus.vocabulary_used == 5);
  REQUIRE(corpus.train.documents.size() == 4);
  REQUIRE(corpus.train.documents[2].first_token == 13);
  REQUIRE(corpus.train.documents[2].tokens == 9);
  REQUIRE(corpus.train.documents[2].characters == 7);
  REQUIRE(corpus.outcome_counts == std::map<std::string, std::int64_t>{{"failed", 1}, {"read", 8}});
  REQUIRE(corpus.histogram.front() == std::pair<char32_t, std::int64_t>{U'h', 8});
}

TEST_CASE("A tokenizer with an end-of-text id gets that in place of the separator") {
  Workshop workshop;
  workshop.experiment.tokenizer.options = Table{{"with_end", Value(true)}};
  const Corpus corpus = workshop.prepare();
  REQUIRE(text_of(corpus.validation) == "ccc$ffffff$");
  REQUIRE(corpus.separator == std::vector<TokenId>{256});
  REQUIRE(corpus.tokenizer->decode({}) == "dddd|eeeee|ggggggg|hhhhhhhh|");
}

TEST_CASE("More than 65,536 ids take four bytes each") {
  Workshop workshop;
  workshop.experiment.tokenizer.options = Table{{"offset", Value(65'279)}};
  REQUIRE(text_of(workshop.prepare().test, 65'279) == "a##bb##");
  const auto narrow = workshop.prepare().directory;
  workshop.experiment.tokenizer.options = Table{{"offset", Value(65'280)}};
  const Corpus wide = workshop.prepare();
  REQUIRE(text_of(wide.test, 65'280) == "a##bb##");
  REQUIRE(fs::file_size(wide.directory / "test.tokens") == 2 * fs::file_size(narrow / "test.tokens"));
}

TEST_CASE("Unknown tokens and characters are counted a document, without the separator") {
  Workshop workshop;
  workshop.library.documents = {{"t", "train", Split::train}, {"v", "\xC3\xA9?x??", Split::validation}};
  const Corpus corpus = workshop.prepare();
  REQUIRE(corpus.validation.unknown == 3);
  REQUIRE(corpus.validation.documents.at(0).unknown == 3);
  REQUIRE(corpus.validation.characters == 5);
  REQUIRE(corpus.validation.documents.at(0).tokens == 8);  // a byte a token here
  REQUIRE(corpus.validation.unknown_share() == Approx(0.6));
}

TEST_CASE("A document's own split wins, and the shuffle counts only the others") {
  Workshop workshop;
  for (auto& document : workshop.library.documents)
    if (document.id < "4") document.split = Split::test;
  const Corpus corpus = workshop.prepare();
  REQUIRE(corpus.train.documents.size() == 2);
  REQUIRE(corpus.validation.documents.size() == 1);
  REQUIRE(corpus.test.documents.size() == 5);
  REQUIRE(text_of(corpus.test).starts_with("a##bb##ccc##dddd##"));
}

TEST_CASE("The filter works on characters, and counts what it drops") {
  Workshop workshop;
  workshop.experiment.filter = {.min_characters = 3, .max_characters = 7};
  workshop.add("accents", "\xC3\xA9\xC3\xA9\xC3\xA9");
  workshop.add("empty", "");
  const Corpus corpus = workshop.prepare();
  REQUIRE(corpus.outcome_counts ==
          std::map<std::string, std::int64_t>{
              {"failed", 1}, {"filtered: empty", 1}, {"filtered: too long", 1}, {"filtered: too short", 2}, {"read", 10}});
  REQUIRE(corpus.train.documents.size() + corpus.validation.documents.size() + corpus.test.documents.size() == 6);
}

TEST_CASE("A second call reads nothing and gives the same, and another tokenizer shares the texts") {
  Workshop workshop;
  const Corpus first = workshop.prepare();
  REQUIRE_FALSE(first.reused);
  const Corpus second = workshop.prepare();
  REQUIRE(second.reused);
  REQUIRE(second.fingerprint == first.fingerprint);
  REQUIRE(text_of(second.train) == text_of(first.train));
  REQUIRE(second.tokenizer->decode({}) == first.tokenizer->decode({}));
  workshop.experiment.tokenizer.options = Table{{"with_end", Value(true)}};
  const Corpus third = workshop.prepare();
  REQUIRE_FALSE(third.reused);
  REQUIRE(third.fingerprint != first.fingerprint);
  REQUIRE(workshop.library.passes == 1);
}

TEST_CASE("find_corpus finds what was prepared and prepares nothing") {
  Workshop workshop;
  REQUIRE_FALSE(find_corpus(workshop.experiment, workshop.catalogue, workshop.options));
  REQUIRE_FALSE(fs::exists(workshop.options.directory));
  workshop.prepare();
  REQUIRE(find_corpus(workshop.experiment, workshop.catalogue, workshop.options));
  workshop.experiment.split.seed = 1;
  REQUIRE_FALSE(find_corpus(workshop.experiment, workshop.catalogue, workshop.options));
}

TEST_CASE("Sources, filter, split and tokenizer change the fingerprint, and a default that is written out does not") {
  Workshop workshop;
  const std::string before = workshop.prepare().fingerprint;
  const auto changes = [&](auto&& change) {
    const Experiment kept = workshop.experiment;
    change();
    const bool differs = workshop.prepare().fingerprint != before;
    workshop.experiment = kept;
    return differs;
  };
  REQUIRE(changes([&] { workshop.experiment.filter.min_characters = 1; }));
  REQUIRE(changes([&] { workshop.experiment.split.seed = 43; }));
  REQUIRE(changes([&] {
    workshop.experiment.split.method = "hash";
    workshop.experiment.split.validation = 0.5;
    workshop.experiment.split.test = 0;
  }));
  REQUIRE(changes([&] { workshop.experiment.tokenizer.options = Table{{"offset", Value(1)}}; }));
  REQUIRE_FALSE(changes([&] {
    workshop.experiment.tokenizer.options = Table{{"offset", Value(0)}, {"with_end", Value(false)}};
  }));
  workshop.library.documents[0].text += "x";
  REQUIRE(workshop.prepare().fingerprint != before);
}

TEST_CASE("The packed files are the same whatever the number of threads") {
  Workshop workshop;
  workshop.library.documents.clear();
  for (int i = 0; i < 3000; ++i)
    workshop.add(std::to_string(i), std::string(static_cast<std::size_t>(i * 37 % 5000 + 1), static_cast<char>('a' + i % 26)));
  workshop.options.threads = 1;
  const auto alone = digests(workshop.prepare().directory);
  fs::remove_all(workshop.options.directory);
  workshop.options.threads = 8;
  REQUIRE(digests(workshop.prepare().directory) == alone);
  REQUIRE(alone.size() == 8);
}

TEST_CASE("A damaged corpus is made again, from the texts where they are whole") {
  Workshop workshop;
  const Corpus first = workshop.prepare();
  const std::string expected = text_of(first.train);
  fs::resize_file(first.directory / "train.tokens", 10);
  const Corpus second = workshop.prepare();
  REQUIRE_FALSE(second.reused);
  REQUIRE(text_of(second.train) == expected);
  REQUIRE(workshop.library.passes == 1);

  fs::remove_all(second.directory);
  for (const auto& entry : fs::directory_iterator(workshop.options.directory))
    if (entry.path().filename().string().starts_with("documents-")) fs::resize_file(entry.path() / "documents.txt", 3);
  REQUIRE(text_of(workshop.prepare().train) == expected);
  REQUIRE(workshop.library.passes == 2);
}

TEST_CASE("A preparation that fails half way leaves nothing that looks whole, and the next one succeeds") {
  Workshop workshop;
  workshop.library.before_document = [](std::size_t at) {
    if (at == 5) throw Error("the disk went away");
  };
  REQUIRE(workshop.failure().find("the disk went away") != std::string::npos);
  for (const auto& entry : fs::directory_iterator(workshop.options.directory))
    REQUIRE(entry.path().filename().string().find("documents") == std::string::npos);
  workshop.library.before_document = [](std::size_t) {};
  REQUIRE_FALSE(workshop.prepare().reused);
}

TEST_CASE("Nothing left, an empty validation split and impossible ids are errors that say what to do") {
  Workshop workshop;
  workshop.experiment.filter.min_characters = 100;
  REQUIRE_THAT(workshop.failure(), Catch::Contains("no document is left") &&
                                       Catch::Contains("1 failed, 8 filtered: too short, 8 read") && Catch::Contains("[filter]"));
  workshop.experiment.filter = {};
  workshop.experiment.split = {.train = 0.9, .validation = 0.1, .test = 0};
  workshop.library.documents.resize(1);
  REQUIRE_THAT(workshop.failure(),
               Catch::Contains("split is empty: 1 document is too few for these") && Catch::Contains("[split]"));
  workshop.library.documents.resize(0);
  workshop.add("two\nlines", "text");
  REQUIRE_THAT(workshop.failure(), Catch::Contains("\"two\\nlines\""));
}

namespace {

/// Tunes in pairs of twins, and where they go.
struct Twins : Workshop {
  Twins() {
    RandomTunes random(4);
    library.documents.clear();
    for (int i = 0; i < 100; ++i) {
      const Bars tune = random.tune(50);
      add("first " + std::to_string(i), abc(tune, i));
      add("again " + std::to_string(i), abc(random.changed(tune, 1), 500 + i));
    }
    experiment.split.method = "hash";
  }
};

std::int64_t documents(const Corpus& corpus) {
  return std::ssize(corpus.train.documents) + std::ssize(corpus.validation.documents) + std::ssize(corpus.test.documents);
}

}  // namespace

TEST_CASE("Near-duplicates are reported, kept together or removed") {
  Twins workshop;
  const Corpus reported = workshop.prepare();
  REQUIRE(reported.duplicates.groups == 100);
  REQUIRE(reported.duplicates.documents == 200);
  REQUIRE(reported.duplicates.validation.documents == std::ssize(reported.validation.documents));
  REQUIRE(reported.duplicates.test.documents == std::ssize(reported.test.documents));
  // Half of the documents train, so that about half of the others have their twin there.
  REQUIRE(reported.duplicates.validation.share() == Approx(0.5).margin(0.3));
  REQUIRE(reported.duplicates.test.share() == Approx(0.5).margin(0.3));
  REQUIRE(documents(reported) == 200);

  workshop.experiment.duplicates.use = "group";
  const Corpus grouped = workshop.prepare();
  REQUIRE(grouped.duplicates.groups == 100);
  REQUIRE(grouped.duplicates.validation.documents > 0);
  REQUIRE(grouped.duplicates.validation.with_twin_in_training == 0);
  REQUIRE(grouped.duplicates.test.with_twin_in_training == 0);
  REQUIRE(documents(grouped) == 200);
  for (const Split which : {Split::train, Split::validation, Split::test})
    REQUIRE(grouped.split(which).documents.size() % 2 == 0);

  workshop.experiment.duplicates.use = "remove";
  const Corpus removed = workshop.prepare();
  REQUIRE(removed.outcome_counts.at("removed: near-duplicate") == 100);
  REQUIRE(removed.duplicates.groups == 100);
  REQUIRE(removed.duplicates.validation.with_twin_in_training == 0);
  REQUIRE(documents(removed) == 100);
  const std::string decisions = read_file(removed.texts_directory / "decisions.tsv");
  REQUIRE(decisions.find("removed: near-duplicate\tno\t") != std::string::npos);
  REQUIRE(decisions.find("\tfirst 7\tagain 7\n") != std::string::npos);
  REQUIRE(decisions.find("removed: near-duplicate\tno\t" + std::to_string(workshop.library.documents[14].text.size()) +
                         "\t\t\tfirst 7\tfirst 7") == std::string::npos);
}

TEST_CASE("Where no two documents are alike there are no groups and no leakage") {
  Twins workshop;
  std::erase_if(workshop.library.documents, [](const Document& document) { return document.id.starts_with("again"); });
  const Corpus corpus = workshop.prepare();
  REQUIRE(corpus.duplicates.groups == 0);
  REQUIRE(corpus.duplicates.test.documents > 0);
  REQUIRE(corpus.duplicates.test.share() == 0);
}
