#include <catch.hpp>
#include <generate/prompts.hpp>
#include <generate/tunes.hpp>
#include <set>

#include "letters.hpp"

using namespace etude;

TEST_CASE("Five headers have the fields X, M, L, Q, K and V and first notes that fill a bar") {
  std::set<std::string> names;
  for (const auto& header : header_prompts()) {
    names.insert(header.name);
    const std::string prompt = header.text;
    std::string fields;
    std::size_t line = 0;
    for (; prompt.compare(line + 1, 1, ":") == 0; line = prompt.find('\n', line) + 1) fields += prompt[line];
    CHECK(fields == "XMLQKV");
    CHECK(prompt.back() == '|');
    CHECK(prompt.find('\n', line) == std::string::npos);
    CHECK(&header_prompt(header.name) == &header);
  }
  CHECK(names.size() == 5);
  CHECK_THROWS_WITH(header_prompt("polka"), Catch::Contains("polka") && Catch::Contains("reel") && Catch::Contains("air"));
}

TEST_CASE("A header goes without the fields that a tokenizer cannot express, but never without its notes") {
  const etude::testing::Letters tokenizer;  // a..z and line ends
  std::string dropped;
  CHECK(without_unknown_fields("x\nQ=\nk\nVa\nabc", tokenizer, dropped) == "x\nk\nabc");
  CHECK(dropped == "Q=, Va");
  dropped.clear();
  CHECK(without_unknown_fields("x\nabc|", tokenizer, dropped) == "x\nabc|");
  CHECK(dropped.empty());
  CHECK(unknown_characters(tokenizer, "aXé|bX\n") == "'X', 'é', '|'");
  CHECK(unknown_characters(tokenizer, "abc").empty());
}

TEST_CASE("A text's first tune goes from its first X: to the first blank line behind it") {
  CHECK(first_tune("abc\n\nX:1\nK:C\nabc\n\nX:2\n") == "X:1\nK:C\nabc\n");
  CHECK(first_tune("X:1\nK:C\n \t\nabc\n") == "X:1\nK:C\n");
  CHECK(first_tune("X:1\nK:C\nabc\nX:2\nK:D") == "X:1\nK:C\nabc\nX:2\nK:D");
  CHECK(first_tune("X:1\r\nK:C\r\n\r\nabc") == "X:1\r\nK:C\r\n");
  CHECK(first_tune("abc\n\ndef") == "abc\n\ndef");
  CHECK(first_tune("") == "");
}
