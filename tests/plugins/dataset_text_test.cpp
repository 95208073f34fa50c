#include "../catch.hpp"
#include "../unit/plugin_files.hpp"
#include "installed_catalogue.hpp"

using namespace etude;
using namespace etude::test;

namespace {

std::shared_ptr<Dataset> dataset(Table options) { return catalogue().make_dataset("text", options, {}); }

/// "id=text" of each document.
std::vector<std::string> read(Dataset& from) {
  std::vector<std::string> out;
  for (Document document; from.next(document);) out.push_back(document.id + '=' + document.text);
  return out;
}

using Strings = std::vector<std::string>;

}  // namespace

TEST_CASE("A folder's files are documents, in the order of their paths, wherever they lie below it") {
  const Folder folder;
  std::filesystem::create_directories(folder.path() / "a/deep");
  folder.write("z.txt", "last\n\n");
  folder.write("a/deep/x.txt", "first");
  folder.write("b.abc", "not text");
  folder.write("empty.txt", "\r\n");
  auto texts = dataset({{"path", folder.path().string()}});
  CHECK(read(*texts) == Strings{"a/deep/x.txt=first", "z.txt=last"});
  CHECK(texts->outcome_counts() == std::map<std::string, std::int64_t>{{"read", 2}, {"empty", 1}});
  CHECK(read(*dataset({{"path", folder.path().string()}, {"extension", ".abc"}})) == Strings{"b.abc=not text"});
  CHECK(read(*dataset({{"path", (folder.path() / "b.abc").string()}})) == Strings{"b.abc=not text"});
}

TEST_CASE("A delimiter line divides a file, with either kind of line end, and only where it is the whole line") {
  const std::string delimiter = GENERATE("<end>", "\n<end>\n");
  const Folder folder;
  const auto file = folder.write("all.txt", "one\ntwo\n<end>\r\nthree <end>\n<end>\n<end>\nfour");
  auto texts = dataset({{"path", file.string()}, {"delimiter", delimiter}});
  CHECK(read(*texts) == Strings{"all.txt#1=one\ntwo", "all.txt#2=three <end>", "all.txt#4=four"});
}

TEST_CASE("A delimiter that no line can be is refused") {
  CHECK_THROWS_WITH(dataset({{"path", "any"}, {"delimiter", "a\nb"}}), Catch::Contains("more than one line"));
  CHECK_THROWS_WITH(dataset({{"path", "any"}, {"delimiter", "\n\n"}}), Catch::Contains("an empty line"));
}

TEST_CASE("The fingerprint follows names and contents, and nothing else") {
  const Folder a, b;
  a.write("x.txt", "12");
  a.write("y.txt", "3");
  b.write("y.txt", "3");
  b.write("x.txt", "12");
  const auto print = [](const Folder& folder) { return dataset({{"path", folder.path().string()}})->fingerprint(); };
  const std::string before = print(a);
  CHECK(before.size() == 64);
  CHECK(print(b) == before);
  b.write("x.txt", "1");
  b.write("y.txt", "23");
  CHECK(print(b) != before);
  a.write("ignored.md", "not a source");
  CHECK(print(a) == before);
  std::filesystem::rename(a.path() / "y.txt", a.path() / "w.txt");
  CHECK(print(a) != before);
}

TEST_CASE("Sources that are not there are reported by the first use, with a remedy") {
  const Folder folder;
  const auto missing = dataset({{"path", (folder.path() / "nowhere").string()}});
  CHECK_THROWS_WITH(missing->fingerprint(), Catch::Contains("there is no file or folder") && Catch::Contains("set dataset.path"));
  Document document;
  CHECK_THROWS_WITH(dataset({{"path", folder.path().string()}})->next(document),
                    Catch::Contains("has a name that ends in \".txt\""));
}
