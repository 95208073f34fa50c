#include <catch.hpp>
#include <config/overrides.hpp>
#include <etude/error.hpp>

#include "experiment_fixture.hpp"

using namespace etude;
using etude::testing::error_of;

namespace {

std::string parsed(const std::vector<std::string>& overrides) { return Value(parse_overrides(overrides)).toml(); }

}  // namespace

TEST_CASE("Values of --set are typed as TOML values") {
  REQUIRE(parsed({"training.tokens=100_000"}) == "{ training = { tokens = 100000 } }");
  REQUIRE(parsed({"training.learning_rate=3e-4"}) == "{ training = { learning_rate = 3e-4 } }");
  REQUIRE(parsed({"a=true"}) == "{ a = true }");
  REQUIRE(parsed({"a=[1, \"x\"]"}) == "{ a = [1, \"x\"] }");
  REQUIRE(parsed({"architecture={ plugin = \"gpt\", n_layer = 2 }"}) == "{ architecture = { plugin = \"gpt\", n_layer = 2 } }");
  REQUIRE(parsed({"a=\"12\""}) == "{ a = \"12\" }");
}

TEST_CASE("The --set option takes words that are no TOML as strings") {
  REQUIRE(parsed({"architecture.plugin=gpt"}) == "{ architecture = { plugin = \"gpt\" } }");
  REQUIRE(parsed({"dataset.path=/data/my songs/x=y.mid"}) == "{ dataset = { path = \"/data/my songs/x=y.mid\" } }");
  REQUIRE(parsed({"training.init_from="}) == "{ training = { init_from = \"\" } }");
  REQUIRE(parsed({"a=x\ny"}) == "{ a = \"x\\ny\" }");
}

TEST_CASE("A later --set of the same key wins, and a plugin may be set after its options") {
  REQUIRE(parsed({"a.b=1", "a.c=2", "a.b=3"}) == "{ a = { b = 3, c = 2 } }");
  REQUIRE(parsed({"architecture.hidden_size=8", "architecture.plugin=lstm"}) ==
          "{ architecture = { hidden_size = 8, plugin = \"lstm\" } }");
  REQUIRE(parsed({"training.seeds.data=3", "training.seed=1"}) ==
          "{ training = { seeds = { data = 1, initialisation = 1, dropout = 1 } } }");
}

TEST_CASE("The origin of a --set value is its text") {
  const Table table = parse_overrides({"training.steps=5"});
  REQUIRE(table.find("training")->get_if<Table>()->find("steps")->origin().text() == "--set training.steps=5");
  REQUIRE(table.find("training")->get_if<Table>()->begin()->key_origin.text() == "--set training.steps=5");
}

TEST_CASE("A malformed --set says what is wrong with it") {
  REQUIRE_THAT(error_of([] { parse_overrides({"training.steps"}); }).message(), Catch::Contains("no '='"));
  REQUIRE_THAT(error_of([] { parse_overrides({"=5"}); }).message(), Catch::Contains("'' is not a key"));
  REQUIRE_THAT(error_of([] { parse_overrides({"a..b=5"}); }).message(), Catch::Contains("'a..b' is not a key"));
  REQUIRE_THAT(error_of([] { parse_overrides({"[a]\nb=5"}); }).message(), Catch::Contains("is not a key"));
  REQUIRE_THAT(error_of([] { parse_overrides({"a=[1, 2"}); }).message(), Catch::Contains("not a TOML value"));
  REQUIRE(error_of([] { parse_overrides({"a=\"x"}); }).fault() == Fault::usage);
}
