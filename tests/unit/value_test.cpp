#include <etude/value.hpp>
#include <limits>

#include "catch.hpp"

using namespace etude;

TEST_CASE("A place in a file reads like a compiler's, a source without lines is its name") {
  CHECK(Origin{"mine.toml", 14, 3}.text() == "mine.toml:14:3");
  CHECK(Origin{"--set"}.text() == "--set");
  CHECK(Value(1).origin().text() == "default");
}

TEST_CASE("A table keeps the order in which its keys were written") {
  Table table{{"n_layer", 4}, {"bias", true}, {"name", "gpt"}};
  table.set("bias", false);
  table.set("added", 1);
  std::string keys;
  for (const auto& entry : table) keys += entry.key + ' ';
  CHECK(keys == "n_layer bias name added ");
  CHECK(*table.find("bias") == Value(false));
  table.erase("name");
  CHECK_FALSE(table.contains("name"));
  CHECK(table.size() == 3);
}

TEST_CASE("Values are equal by content, not by where they came from") {
  CHECK(Value(3, Origin{"a.toml", 1, 1}) == Value(3, Origin{"b.toml", 2, 2}));
  CHECK_FALSE(Value(3) == Value(3.0));
  CHECK_FALSE(Value(1) == Value(true));
  CHECK(Value(Table{{"a", Array{1, 2}}}) == Value(Table{{"a", Array{1, 2}}}));
}

TEST_CASE("A value is written as TOML reads it") {
  const auto [value, toml] = GENERATE(table<Value, std::string>({
      {true, "true"},
      {std::int64_t{-9223372036854775807} - 1, "-9223372036854775808"},
      {0.1, "0.1"},
      {3.0, "3.0"},
      {1e300, "1e+300"},
      {std::numeric_limits<double>::infinity(), "inf"},
      {std::numeric_limits<double>::quiet_NaN(), "nan"},
      {"X:1\nT:\"A\\B\"\x01", R"("X:1\nT:\"A\\B\"\u0001")"},
      {Array{1, "a", Array{}}, R"([1, "a", []])"},
      {Table{{"plain-key_1", 1}, {"a b", Table{}}}, R"({ plain-key_1 = 1, "a b" = {} })"},
  }));
  CHECK(value.toml() == toml);
}

TEST_CASE("A slip of the pen finds the word that was meant, another word finds none") {
  const std::vector<std::string> known{"n_layer", "n_head", "n_embd", "dropout", "learning_rate", "batch_size"};
  CHECK(nearest("n_heads", known) == "n_head");
  CHECK(nearest("n-head", known) == "n_head");
  CHECK(nearest("N_HEAD", known) == "n_head");
  CHECK(nearest("droput", known) == "dropout");
  CHECK(nearest("dorpout", known) == "dropout");
  CHECK(nearest("learning", known) == "learning_rate");
  CHECK(nearest("batchsize", known) == "batch_size");
  CHECK(nearest("temperature", known).empty());
  CHECK(nearest("x", {"yy", "zz"}).empty());
  CHECK(nearest("anything", {}).empty());
}
