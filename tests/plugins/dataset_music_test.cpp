// abc_files and what all datasets of the plugin share. midi_files has its own file.
#include <torch/torch.h>

#include <catch.hpp>
#include <plugins/loaded_plugins.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;

const std::string notes = "CDEF GABc|CDEF GABc|CDEF GABc|CDEF GABc|CDEF GABc|";  // 50 characters

std::string tune(const std::string& number) { return "X:" + number + "\nT:A title\nM:4/4\nK:C\n" + notes + "\n\n"; }
std::string cleaned(const std::string& number) { return "X:" + number + "\nM:4/4\nK:C\n" + notes; }

std::shared_ptr<Dataset> abc_files(Value path, bool split_tunes = true, int threads = 1) {
  DatasetContext context;
  context.cache_directory = "/nonexistent";
  context.threads = threads;
  return built_plugins().make_dataset("abc_files", Table{{"path", std::move(path)}, {"split_tunes", Value(split_tunes)}},
                                      context);
}

Reading read_files(const Value& path, bool split_tunes = true) { return read_all(*abc_files(path, split_tunes)); }

}  // namespace

TEST_CASE("phase1: lengths are code points, and fewer than 50 are dropped") {
  std::string accents;
  for (int i = 0; i < 49; ++i) accents += "\xC3\xA9";
  const TemporaryDirectory folder;
  write(folder.path() / "short.abc", accents);
  write(folder.path() / "just.abc", accents + "x");
  const auto reading = read_files(Value(folder.path().string()), false);
  REQUIRE(reading.ids == std::vector<std::string>{"just.abc"});
  REQUIRE(reading.counts == std::map<std::string, std::int64_t>{{"dropped", 1}, {"read", 1}});
  REQUIRE(reading.outcomes.size() == 1);
  REQUIRE(reading.outcomes[0].id == "short.abc");
}

TEST_CASE("abc_files: a collection is split at its X: lines, each tune under its number") {
  const TemporaryDirectory folder;
  write(folder.path() / "b.abc", "%abc-2.1\n\n" + tune("7") + tune(" 12") + "w: no X:3 here\n" + tune("0012"));
  write(folder.path() / "sub/a.ABC", "X:1\r" + notes + "\rX:no number\r" + notes);
  const auto reading = read_files(Value(folder.path().string()));
  REQUIRE(reading.ids == std::vector<std::string>{"b.abc#7", "b.abc#12", "b.abc#12.2", "sub/a.ABC#1", "sub/a.ABC#tune-2"});
  REQUIRE(reading.texts.at(0) == cleaned("7"));
  REQUIRE(reading.texts.at(3) == "X:1\n" + notes);
}

TEST_CASE("abc_files: a file without X: is one document, and so is any file where tunes are not split") {
  const TemporaryDirectory folder;
  const auto plain = write(folder.path() / "plain.abc", notes + "\n");
  REQUIRE(read_files(Value(plain.string())).ids == std::vector<std::string>{"plain.abc"});
  const auto two = write(folder.path() / "two.abc", tune("1") + tune("2"));
  const auto whole = read_files(Value(two.string()), false);
  REQUIRE(whole.ids == std::vector<std::string>{"two.abc"});
  REQUIRE(whole.texts.at(0) == cleaned("1") + "\n" + cleaned("2"));
}

TEST_CASE("abc_files: tunes longer than any buffer come out whole") {
  const TemporaryDirectory folder;
  std::string file, expected;
  for (int number = 1; number <= 3; ++number) {
    std::string body = "X:" + std::to_string(number);
    for (int line = 0; line < 20'000 * number; ++line) body += "\n" + notes;
    file += body + "\n";
    expected += body;
  }
  const auto reading = read_files(Value(write(folder.path() / "long.abc", file).string()));
  REQUIRE(reading.texts.size() == 3);
  REQUIRE((reading.texts[0] + reading.texts[1] + reading.texts[2] == expected));
}

TEST_CASE("abc_files: of several paths the folders' names tell the ids apart") {
  const TemporaryDirectory folder;
  write(folder.path() / "one/tunes/a.abc", tune("1"));
  write(folder.path() / "two/tunes/a.abc", tune("1"));
  const auto path = [&](const char* name) { return Value((folder.path() / name).string()); };
  REQUIRE(read_files(Value(Array{path("one/tunes"), path("two/tunes")})).ids ==
          std::vector<std::string>{"one/tunes/a.abc#1", "two/tunes/a.abc#1"});
  REQUIRE(read_files(Value(Array{path("two/tunes"), path("one")})).ids ==
          std::vector<std::string>{"tunes/a.abc#1", "one/tunes/a.abc#1"});
}

TEST_CASE("abc_files: names that are no text get ids that are") {
  const TemporaryDirectory folder;
  write(folder.path() / "a\xFF\n%.abc", notes);
  REQUIRE(read_files(Value(folder.path().string())).ids == std::vector<std::string>{"a%FF%0A%25.abc"});
}

TEST_CASE("A dataset read again gives the same") {
  const TemporaryDirectory folder;
  write(folder.path() / "a.abc", tune("1") + tune("2"));
  const auto dataset = abc_files(Value(folder.path().string()));
  Document document;
  REQUIRE(dataset->next(document));
  dataset->rewind();
  const auto first = read_all(*dataset);
  dataset->rewind();
  REQUIRE(read_all(*dataset) == first);
  REQUIRE(first.counts.at("read") == 2);
}

TEST_CASE("A dataset's fingerprint is one of names and contents, not of places") {
  const TemporaryDirectory folder;
  const auto fingerprint = [&](const char* name) {
    return abc_files(Value((folder.path() / name).string()), true, 2)->fingerprint();
  };
  write(folder.path() / "here/a.abc", tune("1"));
  write(folder.path() / "here/b.abc", tune("2"));
  const std::string before = fingerprint("here");
  fs::rename(folder.path() / "here", folder.path() / "there");
  REQUIRE(fingerprint("there") == before);
  write(folder.path() / "there/b.abc", tune("3"));
  REQUIRE(fingerprint("there") != before);
  write(folder.path() / "there/b.abc", tune("2"));
  REQUIRE(fingerprint("there") == before);
  fs::rename(folder.path() / "there/b.abc", folder.path() / "there/c.abc");
  REQUIRE(fingerprint("there") != before);
}

TEST_CASE("A path that is missing, empty of music, of another kind or given twice is named") {
  const TemporaryDirectory folder;
  const auto message = [&](Value path) { return error_of([&] { read_files(path); }); };
  REQUIRE_THAT(message(Value("/no/such/folder")),
               Catch::Contains("no such file or folder: /no/such/folder") && Catch::Contains("dataset.path"));
  REQUIRE_THAT(message(Value(folder.path().string())), Catch::Contains("no .abc file in " + folder.path().string()));
  REQUIRE_THAT(message(Value(write(folder.path() / "a.txt", notes).string())), Catch::Contains("a.txt is not a .abc file"));
  const auto file = write(folder.path() / "a.abc", notes).string();
  REQUIRE_THAT(message(Value(Array{Value(folder.path().string()), Value(file)})), Catch::Contains("a.abc comes twice"));
  REQUIRE_THAT(message(Value(Array{})), Catch::Contains("dataset.path is empty"));
}

TEST_CASE("Files that vanish or change while they are read stop the reading, by name") {
  const TemporaryDirectory folder;
  write(folder.path() / "a.abc", tune("1"));
  write(folder.path() / "b.abc", tune("2"));
  const auto dataset = abc_files(Value(folder.path().string()));
  Document document;
  REQUIRE(dataset->next(document));
  SECTION("vanish") {
    fs::remove(folder.path() / "b.abc");
    REQUIRE_THAT(error_of([&] { dataset->next(document); }), Catch::Contains("b.abc vanished"));
  }
  SECTION("change") {
    write(folder.path() / "b.abc", tune("2222"));
    REQUIRE_THAT(error_of([&] { dataset->next(document); }), Catch::Contains("b.abc changed"));
  }
}
