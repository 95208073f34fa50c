#include <catch.hpp>
#include <config/canonical.hpp>
#include <config/toml.hpp>

using namespace etude;

TEST_CASE("Canonical JSON sorts keys at every depth") {
  REQUIRE(canonical_json(Value(parse_toml("b = 1\n[a]\nz = [true, { y = 1, x = 2 }]\nc = \"q\\\"\"\n", ""))) ==
          R"({"a":{"c":"q\"","z":[true,{"x":2,"y":1}]},"b":1})");
}

TEST_CASE("Canonical JSON writes a number alike whether integer or floating") {
  REQUIRE(canonical_json(Value(1.0)) == canonical_json(Value(1)));
  REQUIRE(canonical_json(Value(-0.0)) == "0");
  REQUIRE(canonical_json(Value(100000000.0)) == "100000000");
}

TEST_CASE("Canonical JSON writes numbers with the fewest digits that read back the same") {
  REQUIRE(canonical_json(Value(0.1)) == "0.1");
  REQUIRE(canonical_json(Value(3e-4)) == "3e-04");
  REQUIRE(canonical_json(Value(1.0 / 3)) == "0.3333333333333333");
  REQUIRE(canonical_json(Value(std::int64_t{9007199254740993})) == "9007199254740993");
}

TEST_CASE("Canonical JSON survives text that is no UTF-8") { REQUIRE(canonical_json(Value("a\xff")) == "\"a\xef\xbf\xbd\""); }
