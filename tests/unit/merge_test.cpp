#include <catch.hpp>
#include <config/merge.hpp>
#include <config/toml.hpp>

using namespace etude;

namespace {

Table merged(const std::string& below, const std::string& above) {
  Table result = parse_toml(below, "below.toml");
  merge(result, parse_toml(above, "above.toml"));
  return result;
}

Table expanded(const std::string& text) {
  Table layer = parse_toml(text, "x.toml");
  expand_seed(layer);
  return layer;
}

}  // namespace

TEST_CASE("Tables merge key by key and the later value wins with its origin") {
  const Table table = merged("[a]\nx = 1\ny = 2\n", "[a]\ny = 3\nz = 4\n");
  REQUIRE(Value(table).toml() == "{ a = { x = 1, y = 3, z = 4 } }");
  const Table& a = *table.find("a")->get_if<Table>();
  REQUIRE(a.find("x")->origin().text() == "below.toml:2:5");
  REQUIRE(a.find("y")->origin().text() == "above.toml:2:5");
  REQUIRE((a.begin() + 1)->key_origin.text() == "above.toml:2:1");
}

TEST_CASE("A table that names another plugin replaces the table below it whole") {
  REQUIRE(merged("[architecture]\nplugin = \"gpt\"\nn_layer = 4\n", "[architecture]\nplugin = \"lstm\"\n") ==
          parse_toml("[architecture]\nplugin = \"lstm\"\n", ""));
}

TEST_CASE("A table that names the same plugin, or none, keeps the options below it") {
  const Table expected = parse_toml("[architecture]\nplugin = \"gpt\"\nn_layer = 4\ndropout = 0.0\n", "");
  REQUIRE(merged("[architecture]\nplugin = \"gpt\"\nn_layer = 4\n", "[architecture]\nplugin = \"gpt\"\ndropout = 0.0\n") ==
          expected);
  REQUIRE(merged("[architecture]\nplugin = \"gpt\"\nn_layer = 4\n", "[architecture]\ndropout = 0.0\n") == expected);
}

TEST_CASE("Arrays are replaced, arrays of tables too") {
  REQUIRE(merged("a = [1, 2]\n[[metric]]\nplugin = \"p\"\n[[metric]]\nplugin = \"q\"\n",
                 "a = [3]\n[[metric]]\nplugin = \"r\"\n") == parse_toml("a = [3]\n[[metric]]\nplugin = \"r\"\n", ""));
}

TEST_CASE("training.seed sets all three seeds, and those that the same layer names stay") {
  REQUIRE(expanded("training.seed = 7") == parse_toml("training.seeds = { initialisation = 7, data = 7, dropout = 7 }", ""));
  const Table mixed = expanded("[training]\nseed = 7\nseeds = { data = 3 }\nsteps = 1\n");
  REQUIRE(mixed.find("training")->toml() == "{ seeds = { initialisation = 7, data = 3, dropout = 7 }, steps = 1 }");
}

TEST_CASE("A seed in a later layer wins over the seeds of an earlier one") {
  Table table = expanded("training.seeds.data = 3");
  merge(table, expanded("training.seed = 9"));
  REQUIRE(table.find("training")->toml() == "{ seeds = { data = 9, initialisation = 9, dropout = 9 } }");
}
