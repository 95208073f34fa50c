#include "../catch.hpp"
#include "installed_catalogue.hpp"

using namespace etude;

TEST_CASE("The byte tokenizer gives each byte its own number") {
  const auto tokenizer = test::catalogue().make_tokenizer("byte", {});
  std::vector<TokenId> ids;
  tokenizer->encode(std::string("A\0\xff\n", 4), ids);
  CHECK(ids == std::vector<TokenId>{65, 0, 255, 10});
  CHECK(tokenizer->vocab_size() == 257);
  CHECK(tokenizer->end_of_text() == TokenId{256});
  CHECK_FALSE(tokenizer->unknown());
  CHECK(tokenizer->lossless());
}

TEST_CASE("The byte tokenizer's end of text leaves no trace in the text") {
  const auto tokenizer = test::catalogue().make_tokenizer("byte", {});
  CHECK(tokenizer->decode(std::vector<TokenId>{72, 105, 256, 33, 257}) == "Hi!\uFFFD");
}
