// Which stages a changed option redoes, and what becomes of damaged ones.
#include <base/files.hpp>
#include <catch.hpp>
#include <corpus/prepare.hpp>
#include <set>
#include <unit/library_fixture.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;
using Kinds = std::set<std::string>;

/// A workshop whose stages are looked at from call to call.
struct Stages : Workshop {
  Stages() {
    for (int i = 0; i < 60; ++i) add("tune " + std::to_string(i), "X:1\nK:C\nabcd|efga|b" + std::to_string(i) + "|c|d|e|\n");
    library.transpositions = {1};
    library.variant = [](const std::string& id, int) { return Document{id, "X:1\nK:D\nabc|\n", {}}; };
  }
  std::vector<fs::path> folders() const {
    std::vector<fs::path> found;
    if (!fs::exists(options.directory)) return found;
    for (const auto& entry : fs::directory_iterator(options.directory))
      if (entry.is_directory() && !entry.path().filename().string().starts_with("cache")) found.push_back(entry.path());
    return found;
  }
  /// Kinds of the stages that the preparation makes now. Those that are there are dated back to a year that no clock
  /// gives, since a stage is made again within one tick of the file system's clock.
  Kinds made() {
    const fs::file_time_type long_ago = fs::file_time_type::clock::now() - std::chrono::years(20);
    for (const fs::path& stage : folders()) fs::last_write_time(stage, long_ago);
    prepare();
    Kinds kinds;
    for (const fs::path& stage : folders())
      if (fs::last_write_time(stage) > long_ago + std::chrono::years(1)) kinds.insert(kind_of(stage));
    return kinds;
  }
  static std::string kind_of(const fs::path& stage) {
    const std::string name = stage.filename();
    return name.substr(0, name.find('-'));
  }
  fs::path directory_of(const std::string& kind) const {
    for (const fs::path& stage : folders())
      if (kind_of(stage) == kind) return stage;
    throw Error("there is no stage " + kind);
  }
};

}  // namespace

TEST_CASE("A second preparation makes nothing, and a changed option redoes only the stages behind it") {
  Stages stages;
  REQUIRE(stages.made() == Kinds{"documents", "signatures", "texts", "tokens"});
  REQUIRE(stages.made() == Kinds{});
  SECTION("the tokenizer") {
    stages.experiment.tokenizer.options = Table{{"offset", Value(1)}};
    REQUIRE(stages.made() == Kinds{"tokens"});
  }
  SECTION("the split") {
    stages.experiment.split.seed = 43;
    REQUIRE(stages.made() == Kinds{"texts", "tokens"});
  }
  SECTION("the filter by length") {
    stages.experiment.filter.min_characters = 2;
    REQUIRE(stages.made() == Kinds{"texts", "tokens"});
  }
  SECTION("the filter by ratio") {
    stages.experiment.filter.min_gzip_ratio = 0.1;
    REQUIRE(stages.made() == Kinds{"ratios", "texts", "tokens"});
    stages.experiment.filter.min_gzip_ratio = 0.2;
    REQUIRE(stages.made() == Kinds{"texts", "tokens"});
  }
  SECTION("the similarity of twins") {
    stages.experiment.duplicates.similarity = 0.9;
    REQUIRE(stages.made() == Kinds{"texts", "tokens"});
  }
  SECTION("the length of shingles") {
    stages.experiment.duplicates.shingle_bars = 4;
    REQUIRE(stages.made() == Kinds{"signatures", "texts", "tokens"});
  }
  SECTION("the transpositions") {
    stages.library.transpositions = {1, 2};
    REQUIRE(stages.made() == Kinds{"texts", "tokens"});
    stages.library.transpositions = {2, 1, 0, 2};
    REQUIRE(stages.made() == Kinds{});
  }
  SECTION("the sources") {
    stages.add("new", "A|B|C|D|");
    REQUIRE(stages.made() == Kinds{"documents", "signatures", "texts", "tokens"});
  }
  SECTION("going back to what was there") {
    stages.experiment.split.seed = 43;
    stages.made();
    stages.experiment.split.seed = 42;
    REQUIRE(stages.made() == Kinds{});
  }
}

TEST_CASE("A damaged stage is made again, with those behind it where they are gone, and the corpus is the same") {
  Stages stages;
  stages.experiment.filter.min_gzip_ratio = 0.1;
  const Corpus before = stages.prepare();
  const std::string tokens = read_file(before.directory / "train.tokens");
  const auto damage = [&](const fs::path& file) {
    std::string content = read_file(file);
    content[content.size() / 2] ^= 1;
    const auto time = fs::last_write_time(file);
    write_file(file, content);
    fs::last_write_time(file, time + std::chrono::seconds(5));
  };
  const auto [kind, file] = GENERATE(table<std::string, std::string>({{"documents", "documents.txt"},
                                                                      {"documents", "documents.index"},
                                                                      {"documents", "documents.ids"},
                                                                      {"documents", "documents.json"},
                                                                      {"ratios", "ratios.sizes"},
                                                                      {"signatures", "signatures.values"},
                                                                      {"signatures", "signatures.sets"},
                                                                      {"texts", "documents.verdicts"},
                                                                      {"texts", "documents.groups"},
                                                                      {"texts", "decisions.tsv"},
                                                                      {"texts", "variants.txt"},
                                                                      {"texts", "variants.index"},
                                                                      {"tokens", "train.tokens"},
                                                                      {"tokens", "test.documents"},
                                                                      {"tokens", "tokenizer.json"}}));
  INFO(kind << '/' << file);
  damage(stages.directory_of(kind) / file);
  // What needs the damaged stage goes too, so that it is read again.
  Kinds expected{kind};
  if (kind != "tokens") {
    fs::remove_all(stages.directory_of("tokens"));
    expected.insert("tokens");
  }
  if (kind == "ratios" || kind == "signatures") {
    fs::remove_all(stages.directory_of("texts"));
    expected.insert("texts");
  }
  REQUIRE(stages.made() == expected);
  const Corpus after = stages.prepare();
  REQUIRE(after.reused);
  REQUIRE(after.fingerprint == before.fingerprint);
  REQUIRE(read_file(after.directory / "train.tokens") == tokens);
}

TEST_CASE("A file that an option names enters by its content, wherever it lies") {
  Stages stages;
  const fs::path file = stages.folder.path() / "vocabulary", moved = stages.folder.path() / "elsewhere";
  write_file(file, "one");
  const auto with = [&](const fs::path& path) {
    stages.experiment.tokenizer.options = Table{{"file", Value(path.string())}};
    return stages.prepare().fingerprint;
  };
  const std::string before = with(file);
  REQUIRE(with("") != before);
  write_file(moved, "one");
  REQUIRE(with(moved) == before);
  write_file(moved, "two");
  REQUIRE(with(moved) != before);
}

TEST_CASE("The documents alone can be prepared, and are those of the corpus") {
  Stages stages;
  stages.library.transpositions.clear();
  const Documents documents = prepare_documents(stages.experiment, stages.catalogue, stages.options);
  REQUIRE(documents.size() == stages.library.documents.size());
  REQUIRE(stages.made() == Kinds{"signatures", "texts", "tokens"});
  REQUIRE(stages.prepare().documents_directory == documents.directory());
  REQUIRE(stages.library.passes == 1);
}
