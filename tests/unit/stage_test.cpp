#include <catch.hpp>
#include <corpus/stage.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <temporary_directory.hpp>

using namespace etude;

namespace {

namespace fs = std::filesystem;

StageContent fill(const fs::path& folder) {
  OutputFile data(folder / "data");
  data.write("0123456789");
  StageContent content;
  content.files = {data.close()};
  content.facts = std::make_shared<nlohmann::ordered_json>();
  (*content.facts)["answer"] = 42;
  return content;
}

/// A stage that was built; "when the file last changed" is in the past, as it is for a user.
struct Stage {
  testing::TemporaryDirectory parent;
  StageKey key{"texts", parent.path(), R"({"split":{"seed":42}})"};
  fs::path directory = key.directory;
  Stage() { build_stage(key, fill); }
  std::shared_ptr<nlohmann::ordered_json> open() const { return open_stage(key); }
  void overwrite(const std::string& file, const std::string& content) const {
    const auto before = fs::last_write_time(directory / file);
    std::ofstream(directory / file, std::ios::binary) << content;
    fs::last_write_time(directory / file, before + std::chrono::seconds(5));
  }
};

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("A stage that is whole opens with its facts") {
  const Stage stage;
  const auto manifest = stage.open();
  REQUIRE(manifest);
  REQUIRE(manifest->at("answer") == 42);
  REQUIRE(manifest->at("made_of").at("split").at("seed") == 42);
  REQUIRE(entries(stage.parent.path()) == 1);
  StageKey other = stage.key;
  other.fingerprint = "another";
  REQUIRE_FALSE(open_stage(other));
  REQUIRE_FALSE(open_stage({"texts", stage.parent.path(), "{}"}));
}

TEST_CASE("Why a stage has to be made is told from the one beside it that differs least") {
  const Stage stage;
  const auto why = [&](const char* made_of) { return why_made({"texts", stage.parent.path(), made_of}); };
  REQUIRE(why(R"({"split":{"seed":43}})") == "split.seed is 43 in place of 42");
  REQUIRE(why(R"({"split":{}})") == "split.seed is the default in place of 42");
  REQUIRE(why(R"({"filter":{"min_characters":9},"split":{"seed":42}})") == "filter.min_characters is 9 in place of the default");
  REQUIRE(why(R"({"split":{"seed":42},"transpositions":[-1,1]})") == "transpositions is [-1,1] in place of the default");
  REQUIRE(why(R"({"split":{"seed":42}})") == "it was damaged");
  REQUIRE(why_made({"tokens", stage.parent.path(), "{}"}) == "there is none yet");
  build_stage({"documents", stage.parent.path(), R"({"dataset":{"id":"a"},"sources":"12"})"}, fill);
  REQUIRE(why_made({"documents", stage.parent.path(), R"({"dataset":{"id":"b"},"sources":"12"})"}) == "there is none yet");
  REQUIRE_THAT(why_made({"documents", stage.parent.path(), R"({"dataset":{"id":"a"},"sources":"13"})"}),
               Catch::Contains("the sources") && Catch::Contains("changed"));
  build_stage({"texts", stage.parent.path(), R"({"a":1,"b":2,"c":3,"split":{"seed":1}})"}, fill);
  REQUIRE(why(R"({"a":1,"b":2,"c":3,"split":{"seed":2}})") == "split.seed is 2 in place of 1");
  REQUIRE(why(R"({"a":7,"b":8,"c":9})") == "a is 7 in place of the default, b is 8 in place of the default and 2 more");
}

TEST_CASE("A stage is made whatever became of those beside it") {
  const Stage stage;
  fs::create_directories(stage.parent.path() / "texts-a" / "texts.json");
  fs::create_directories(stage.parent.path() / "texts-b");
  fs::create_symlink("nowhere", stage.parent.path() / "texts-b" / "texts.json");
  stage.overwrite(stage.key.manifest_name(), "\xFF\xFE");
  REQUIRE(why_made({"texts", stage.parent.path(), R"({"split":{"seed":43}})"}) == "there is none yet");
}

TEST_CASE("A stage with a changed, shortened or missing file does not open") {
  const Stage stage;
  SECTION("changed, of the same size") { stage.overwrite("data", "0123456780"); }
  SECTION("shortened") { fs::resize_file(stage.directory / "data", 9); }
  SECTION("missing") { fs::remove(stage.directory / "data"); }
  SECTION("cut manifest") { fs::resize_file(stage.directory / stage.key.manifest_name(), 30); }
  SECTION("another number in the manifest, of the same size") {
    std::string manifest = read_file(stage.directory / stage.key.manifest_name());
    manifest.replace(manifest.find("42,\n \"files\""), 2, "43");
    stage.overwrite(stage.key.manifest_name(), manifest);
  }
  SECTION("no manifest") { fs::remove(stage.directory / stage.key.manifest_name()); }
  REQUIRE_FALSE(stage.open());
  build_stage(stage.key, fill);
  REQUIRE(stage.open());
}

TEST_CASE("Checksums are compared again only for files that changed since") {
  const Stage stage;
  // Touched, moved or copied: the content is compared, found whole, and noted as such.
  fs::last_write_time(stage.directory / "data", fs::last_write_time(stage.directory / "data") + std::chrono::hours(1));
  const std::string before = read_file(stage.directory / "verified.json");
  REQUIRE(stage.open());
  const std::string after = read_file(stage.directory / "verified.json");
  REQUIRE(after != before);
  REQUIRE(stage.open());
  REQUIRE(read_file(stage.directory / "verified.json") == after);
  fs::remove(stage.directory / "verified.json");
  REQUIRE(stage.open());
}

TEST_CASE("A stage whose making fails leaves nothing behind and keeps what was there") {
  const Stage stage;
  REQUIRE_THROWS_WITH(build_stage(stage.key,
                                  [](const fs::path& folder) -> StageContent {
                                    fill(folder);
                                    throw Error("half way");
                                  }),
                      "half way");
  REQUIRE(entries(stage.parent.path()) == 1);
  REQUIRE(stage.open());
}

TEST_CASE("What killed processes left beside the stages is removed") {
  const Stage stage;
  fs::create_directories(stage.parent.path() / "stage.unfinished-123/deep");
  remove_unfinished_stages(stage.parent.path());
  REQUIRE(entries(stage.parent.path()) == 1);
}
