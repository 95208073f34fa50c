#include <torch/torch.h>

#include <catch.hpp>
#include <given_texts.hpp>
#include <plugins/loaded_plugins.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

std::shared_ptr<Tokenizer> char_tokenizer(std::int64_t vocab_size) {
  return built_plugins().make_tokenizer("char", Table{{"vocab_size", Value(vocab_size)}});
}

std::shared_ptr<Tokenizer> learned(std::int64_t vocab_size, std::vector<std::string> texts) {
  auto tokenizer = char_tokenizer(vocab_size);
  GivenTexts documents(std::move(texts));
  tokenizer->learn(documents, 1);
  return tokenizer;
}

std::vector<TokenId> encode(const Tokenizer& tokenizer, std::string_view text) {
  std::vector<TokenId> ids;
  tokenizer.encode(text, ids);
  return ids;
}

using Ids = std::vector<TokenId>;

}  // namespace

TEST_CASE("char: the kept characters get ids from 1 in code-point order") {
  const auto tokenizer = learned(10, {"ba", "C:\n"});
  // \n is 10, ':' 58, 'C' 67, 'a' 97, 'b' 98
  REQUIRE(encode(*tokenizer, "\n:Cab") == Ids{1, 2, 3, 4, 5});
  REQUIRE(tokenizer->vocab_size() == 10);
  REQUIRE(tokenizer->unknown() == TokenId{0});
  REQUIRE_FALSE(tokenizer->end_of_text());
  REQUIRE_FALSE(tokenizer->lossless());
}

TEST_CASE("char: too many characters are cut to the most frequent, ties to the lower code point") {
  // x three times, then a, b and c once each; three fit beside unknown.
  const auto tokenizer = learned(4, {"xcbaxx"});
  REQUIRE(encode(*tokenizer, "abcx") == Ids{1, 2, 0, 3});
}

TEST_CASE("char: characters are code points, and bytes that are no UTF-8 are unknown") {
  // Two bytes, three bytes, four bytes (beyond the table of the basic plane).
  const auto tokenizer = learned(8, {"\xC3\xA9\xE2\x99\xAD\xF0\x9D\x84\x9E"});
  REQUIRE(encode(*tokenizer, "\xC3\xA9\xE2\x99\xAD\xF0\x9D\x84\x9E") == Ids{1, 2, 3});
  REQUIRE(encode(*tokenizer, "\xC3\xA9\xFF\xF0\x9D\x84") == Ids{1, 0, 0, 0, 0});
  REQUIRE(encode(*tokenizer, "\xED\xA0\x80") == Ids{0, 0, 0});  // a surrogate
  REQUIRE(tokenizer->decode(Ids{3, 1}) == "\xF0\x9D\x84\x9E\xC3\xA9");
}

TEST_CASE("char: what is unknown or past the vocabulary decodes to U+FFFD") {
  const auto tokenizer = learned(16, {"ab"});
  REQUIRE(tokenizer->decode(Ids{1, 0, 2, 3, 15, 16, -1}) ==
          "a\xEF\xBF\xBD"
          "b\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
}

TEST_CASE("char: NUL and U+FFFD are characters like others") {
  const std::string text("\0\xEF\xBF\xBD", 4);
  const auto tokenizer = learned(5, {text});
  REQUIRE(encode(*tokenizer, text) == Ids{1, 2});
  REQUIRE(tokenizer->decode(Ids{1, 2}) == text);
}

TEST_CASE("char: a saved vocabulary loads to the same ids") {
  const TemporaryDirectory folder;
  const std::string text("X:1\nK:G\n\0\xF0\x9D\x84\x9E\"\\", 15);
  const auto first = learned(32, {text});
  first->save(folder.path() / "vocabulary.json");
  const auto second = char_tokenizer(32);
  second->load(folder.path() / "vocabulary.json");
  REQUIRE(encode(*second, text) == encode(*first, text));
  REQUIRE(second->decode(encode(*second, text)) == text);
}

TEST_CASE("char: a file that is not its vocabulary is refused with its name") {
  const TemporaryDirectory folder;
  const auto tokenizer = char_tokenizer(32);
  const auto load = [&](const std::string& content) {
    return error_of([&] { tokenizer->load(write(folder.path() / "v.json", content)); });
  };
  REQUIRE_THAT(load("not JSON"), Catch::Contains("v.json is not a vocabulary of the char tokenizer"));
  REQUIRE_THAT(load(R"({"tokenizer": "bpe", "version": 1})"), Catch::Contains("not a vocabulary of the char tokenizer"));
  REQUIRE_THAT(load(R"({"tokenizer": "char", "version": 1, "vocab_size": 32, "characters": [["b", 1], ["a", 1]]})"),
               Catch::Contains("code-point order"));
  REQUIRE_THAT(load(R"({"tokenizer": "char", "version": 1, "vocab_size": 16, "characters": []})"),
               Catch::Contains("tokenizer.vocab_size is 32"));
  REQUIRE_THAT(error_of([&] { tokenizer->load(folder.path() / "none.json"); }), Catch::Contains("none.json"));
}
