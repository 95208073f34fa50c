#include <algorithm>
#include <catch.hpp>
#include <corpus/token_stream.hpp>
#include <numeric>
#include <temporary_directory.hpp>

#include "letters.hpp"

using namespace etude;

namespace {

/// Letters, and 28, which ends a text.
class LettersWithEnd final : public Tokenizer {
 public:
  void learn(DocumentSource&, int) override {}
  void encode(std::string_view text, std::vector<TokenId>& ids) const override { letters_.encode(text, ids); }
  std::string decode(std::span<const TokenId> ids) const override { return letters_.decode(ids); }
  std::int64_t vocab_size() const override { return 29; }
  std::optional<TokenId> unknown() const override { return 27; }
  std::optional<TokenId> end_of_text() const override { return 28; }
  bool lossless() const override { return false; }
  void save(const std::filesystem::path&) const override {}
  void load(const std::filesystem::path&) override {}

 private:
  testing::Letters letters_;
};

struct Encoded {
  std::string ids;
  EncodedTotals totals;
};

Encoded encode(const std::filesystem::path& file, int threads) {
  Encoded encoded;
  TextBlocks blocks({file});
  encoded.totals = encode_text(
      LettersWithEnd(), blocks, "<end>", threads, [&](std::string_view bytes) { encoded.ids += bytes; }, [](const auto&) {});
  return encoded;
}

std::string decode(const std::filesystem::path& file, int threads) {
  std::string back;
  InputStream ids(file);
  decode_tokens(
      LettersWithEnd(), ids, "<end>", threads, [&](std::string_view bytes) { back += bytes; }, [](const auto&) {});
  return back;
}

std::vector<std::string> blocks_of(TextBlocks& source) {
  std::vector<std::string> blocks;
  for (std::string block; source.next(block);) blocks.push_back(block);
  return blocks;
}

}  // namespace

TEST_CASE("Blocks of text are whole lines of one file, whatever the length of lines") {
  const testing::TemporaryDirectory folder;
  const std::string lines = [] {
    std::string text;
    for (std::size_t length = 1; text.size() < 3 * block_bytes; length = length * 3 % 100'003)
      text += std::string(length, 'a') + "\n";
    return text;
  }();
  const std::string long_line = std::string(2 * block_bytes + 5, 'b') + "\nend without newline";
  write_file(folder.path() / "lines", lines);
  write_file(folder.path() / "empty", "");
  write_file(folder.path() / "long", long_line);
  write_file(folder.path() / "exact", std::string(block_bytes, 'c'));
  TextBlocks source({folder.path() / "lines", folder.path() / "empty", folder.path() / "long", folder.path() / "exact"});
  const auto blocks = blocks_of(source);
  REQUIRE(std::accumulate(blocks.begin(), blocks.end(), std::string()) == lines + long_line + std::string(block_bytes, 'c'));
  REQUIRE(source.bytes() == static_cast<std::int64_t>(lines.size() + long_line.size() + block_bytes));
  REQUIRE(std::count_if(blocks.begin(), blocks.end(), [](const auto& block) { return block.back() != '\n'; }) == 2);
  REQUIRE(blocks.size() >= 6);
  source.rewind();
  REQUIRE(source.bytes() == 0);
  REQUIRE(blocks_of(source) == blocks);
}

TEST_CASE("Text becomes ids and comes back, in whatever number of threads") {
  const testing::TemporaryDirectory folder;
  std::string text, expected, decoded;
  const auto put = [&](int id) { expected += {static_cast<char>(id), '\0'}; };
  while (text.size() < 2 * block_bytes) {
    for (const char letter : std::string("the tune")) {
      text += letter;
      put(letter == ' ' ? 27 : letter - 'a');
    }
    text += "\n<end>\n";
    decoded += "the\xEF\xBF\xBDtune\n<end>\n";
    put(26);
    put(28);
  }
  write_file(folder.path() / "text", text);
  write_file(folder.path() / "ids", expected);
  for (const int threads : {1, 2, 5}) {
    const Encoded encoded = encode(folder.path() / "text", threads);
    REQUIRE(encoded.ids == expected);
    const auto tunes = static_cast<std::int64_t>(expected.size() / 20);
    REQUIRE(encoded.totals.tokens == 10 * tunes);
    REQUIRE(encoded.totals.ends == tunes);
    REQUIRE(encoded.totals.unknown == tunes);
    REQUIRE(encoded.totals.characters == 9 * tunes);
    REQUIRE(decode(folder.path() / "ids", threads) == decoded);
  }
}

TEST_CASE("A file of ids that is none is refused with the place of its fault") {
  const testing::TemporaryDirectory folder;
  write_file(folder.path() / "odd", std::string("\1\0\2", 3));
  REQUIRE_THROWS_WITH(decode(folder.path() / "odd", 1), Catch::Contains("odd ends within an id") && Catch::Contains("2 bytes"));
  write_file(folder.path() / "far", std::string(2 * block_bytes, '\0') + std::string("\x1D\0", 2));
  REQUIRE_THROWS_WITH(decode(folder.path() / "far", 2),
                      Catch::Contains(text("token ", block_bytes, " is the id 29")) && Catch::Contains("vocabulary of 29"));
  REQUIRE_THROWS_WITH(InputStream(folder.path()), Catch::Contains("directory"));
}

TEST_CASE("What fails while a file is written leaves the older one") {
  const testing::TemporaryDirectory folder;
  write_file(folder.path() / "out", "old");
  REQUIRE_THROWS(write_stream(folder.path() / "out", [](const Write& write) {
    write(std::string(3 * block_bytes, 'x'));
    throw Error("the disk is full");
  }));
  REQUIRE(read_file(folder.path() / "out") == "old");
  REQUIRE(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);
  write_stream(folder.path() / "out", [](const Write& write) { write("new"); });
  REQUIRE(read_file(folder.path() / "out") == "new");
}
