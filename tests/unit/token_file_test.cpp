#include <catch.hpp>
#include <corpus/corpus.hpp>
#include <corpus/output_file.hpp>
#include <temporary_directory.hpp>

using namespace etude;

namespace {

std::vector<std::int64_t> tokens_of(const TokenFile& file, std::int64_t begin, std::size_t count) {
  std::vector<std::int64_t> tokens(count);
  file.copy(begin, tokens);
  return tokens;
}

using Tokens = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("Token files are little-endian, two or four bytes a token") {
  const testing::TemporaryDirectory folder;
  const auto file = folder.path() / "t";
  write_file(file, std::string_view("\x01\x00\xFF\xFF\x00\x80\x02\x01", 8));
  REQUIRE(tokens_of(TokenFile::open(file, 4, 2), 0, 4) == Tokens{1, 65535, 32768, 258});
  REQUIRE(tokens_of(TokenFile::open(file, 4, 2), 1, 2) == Tokens{65535, 32768});
  REQUIRE(tokens_of(TokenFile::open(file, 2, 4), 0, 2) == Tokens{0xFFFF0001, 0x01028000});
}

TEST_CASE("A token file of another length is refused with both lengths") {
  const testing::TemporaryDirectory folder;
  const auto file = folder.path() / "t";
  write_file(file, "12345");
  REQUIRE_THROWS_WITH(TokenFile::open(file, 3, 2), Catch::Contains("has 5 bytes in place of 6"));
  REQUIRE_THROWS_WITH(TokenFile::open(folder.path() / "none", 3, 2), Catch::Contains("none"));
}

TEST_CASE("Tokens past a file's end are not read") {
  const testing::TemporaryDirectory folder;
  const auto file = folder.path() / "t";
  write_file(file, "123456");
  const auto tokens = TokenFile::open(file, 3, 2);
  REQUIRE_THROWS_WITH(tokens_of(tokens, 2, 2), Catch::Contains("tokens 2 to 4") && Catch::Contains("has 3"));
  REQUIRE_THROWS(tokens_of(tokens, -1, 1));
  REQUIRE(tokens_of(tokens, 3, 0).empty());
  write_file(file, "");
  REQUIRE(TokenFile::open(file, 0, 2).size() == 0);
}

TEST_CASE("A file written in pieces has the size and digest of the whole") {
  const testing::TemporaryDirectory folder;
  OutputFile out(folder.path() / "f");
  std::string whole;
  for (int i = 0; i < 3000; ++i) {
    const std::string piece(static_cast<std::size_t>(i), static_cast<char>('a' + i % 26));
    out.write(piece);
    whole += piece;
  }
  const FileSummary summary = out.close();
  REQUIRE(summary.name == "f");
  REQUIRE(summary.bytes == static_cast<std::int64_t>(whole.size()));
  REQUIRE(summary.sha256 == sha256(whole));
  REQUIRE((read_file(folder.path() / "f") == whole));
}

TEST_CASE("A full disk is told with the file's name") {
  const auto fill = [] {
    OutputFile out("/dev/full");
    out.write("something");
    out.close();
  };
  REQUIRE_THROWS_WITH(fill(), Catch::Contains("/dev/full") && Catch::Contains("No space left on device"));
}
