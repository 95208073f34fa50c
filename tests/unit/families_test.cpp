#include <catch.hpp>
#include <config/families.hpp>
#include <config/toml.hpp>

#include "experiment_fixture.hpp"

using namespace etude;
using etude::testing::error_of;

namespace {

/// The points that `axis`, an array, becomes, as one line each.
std::vector<std::string> points(const std::string& axis) {
  const Table table = parse_toml("a = " + axis, "x.toml");
  std::vector<std::string> lines;
  for (const Value& point : expand_families(*table.find("a")->get_if<Array>(), "study.axes.a")) lines.push_back(point.toml());
  return lines;
}

std::string message(const std::string& axis) {
  return error_of([&] { points(axis); }).message();
}

}  // namespace

TEST_CASE("A family is a point for each of its sizes, with what else it says in each") {
  REQUIRE(
      points(
          "[ { family = \"gpt\", parameters = [1e5, 3_000_000], training.learning_rate = 1e-3, architecture.dropout = 0.0 } ]") ==
      std::vector<std::string>{"{ label = \"gpt-100k\", training = { learning_rate = 0.001 }, architecture = { plugin = \"gpt\", "
                               "parameters = 1e+5, dropout = 0.0 } }",
                               "{ label = \"gpt-3M\", training = { learning_rate = 0.001 }, architecture = { plugin = \"gpt\", "
                               "parameters = 3000000, dropout = 0.0 } }"});
}

TEST_CASE("Families stand beside other points, and a label takes the place of their name") {
  REQUIRE(points("[ { label = \"one\", b = 1 }, { family = \"gpt\", label = \"wide\", parameters = 2e9 } ]") ==
          std::vector<std::string>{"{ label = \"one\", b = 1 }",
                                   "{ label = \"wide-2B\", architecture = { plugin = \"gpt\", parameters = 2e+9 } }"});
}

TEST_CASE("A size in a label says all its digits") {
  REQUIRE(size_label(1e5) == "100k");
  REQUIRE(size_label(829'696) == "829.696k");
  REQUIRE(size_label(1.5e6) == "1.5M");
  REQUIRE(size_label(7e10) == "70B");
  REQUIRE(size_label(950) == "950");
}

TEST_CASE("A family that cannot be sizes is an error at its place") {
  REQUIRE_THAT(message("[ { family = \"gpt\" } ]"),
               Catch::StartsWith("x.toml:1:18: the family \"gpt\" of study.axes.a says no sizes"));
  REQUIRE_THAT(message("[ { family = 3, parameters = [1e5] } ]"), Catch::Contains("must be the name of an architecture"));
  for (const auto* sizes : {"[]", "\"many\"", "[1e5, \"2e5\"]", "[0]", "-3", "[1e5, [2e5]]"})
    REQUIRE_THAT(message(std::string("[ { family = \"gpt\", parameters = ") + sizes + " } ]"),
                 Catch::Contains("must be numbers of at least 1"));
  REQUIRE_THAT(message("[ { parameters = [1e5] } ]"), Catch::Contains("without the family"));
  REQUIRE_THAT(message("[ { family = \"gpt\", parameters = 1e5, architecture.plugin = \"lstm\" } ]"),
               Catch::Contains("says its architecture.plugin by itself"));
}
