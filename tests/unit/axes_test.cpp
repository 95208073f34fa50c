#include <catch.hpp>
#include <config/axes.hpp>
#include <config/toml.hpp>
#include <etude/error.hpp>

#include "experiment_fixture.hpp"

using namespace etude;
using etude::testing::error_of;

namespace {

std::vector<VariantTable> expanded(const std::string& text, const Table& overrides = {}) {
  return expand_axes(parse_toml(text, "x.toml"), overrides, "study");
}

std::vector<std::string> labels(const std::string& text) {
  std::vector<std::string> result;
  for (const auto& variant : expanded(text)) result.push_back(variant.label);
  return result;
}

using Labels = std::vector<std::string>;

}  // namespace

TEST_CASE("Without axes there is one run, named after the experiment") {
  REQUIRE(labels("[training]\nsteps = 1\n") == Labels{"study"});
}

TEST_CASE("The runs of a study are the product of its axes in the order of the file") {
  const std::string text = R"(
[training]
steps = 5
[study]
axes.seed = [ { training.seed = 1 }, { training.seed = 2 } ]
axes.model = [ { label = "small", architecture = { plugin = "gpt" } }, { label = "other", architecture.plugin = "lstm" } ]
)";
  REQUIRE(labels(text) == Labels{"seed-1_small", "seed-1_other", "seed-2_small", "seed-2_other"});
  const auto variants = expanded(text);
  REQUIRE(variants[2].axes == std::vector<std::pair<std::string, std::string>>{{"seed", "seed-2"}, {"model", "small"}});
  REQUIRE(
      Value(variants[2].values).toml() ==
      "{ training = { steps = 5, seeds = { initialisation = 2, data = 2, dropout = 2 } }, architecture = { plugin = \"gpt\" } }");
}

TEST_CASE("A label is made of the values that vary within the axis") {
  REQUIRE(labels("study.axes.m = [ { architecture = { plugin = \"gpt\", n_layer = 4 } }, { architecture = { plugin = \"gpt\", "
                 "n_layer = 6 } } ]") == Labels{"n_layer-4", "n_layer-6"});
  REQUIRE(labels("study.axes.m = [ { architecture = { plugin = \"gpt\", n_layer = 4 } }, { architecture.plugin = \"lstm\" } ]") ==
          Labels{"gpt-n_layer-4", "lstm"});
  REQUIRE(labels("study.axes.lr = [ { training.learning_rate = 3e-4 }, { training.learning_rate = 1e-3 } ]") ==
          Labels{"learning_rate-3e-4", "learning_rate-0.001"});
  REQUIRE(labels("study.axes.path = [ { dataset.path = \"/a/b\" }, { dataset.path = \"c d\" } ]") ==
          Labels{"path-a-b", "path-c-d"});
}

TEST_CASE("A value of --set wins over an axis") {
  const auto variants = expanded("study.axes.lr = [ { training.steps = 5 }, { training.steps = 6, architecture.n_layer = 1 } ]",
                                 parse_toml("training.steps = 2", "--set"));
  for (const auto& variant : variants) REQUIRE(*variant.values.find("training")->get_if<Table>()->find("steps") == Value(2));
}

TEST_CASE("An axis that cannot make runs is an error at its place") {
  const auto message = [](const std::string& text) { return error_of([&] { expanded(text); }).message(); };
  REQUIRE_THAT(message("study.axes.a = []"), Catch::StartsWith("x.toml:1:16: study.axes.a must be a list of tables"));
  REQUIRE_THAT(message("study.axes.a = 3"), Catch::Contains("must be a list of tables"));
  REQUIRE_THAT(message("study.axes.a = [ 1, 2 ]"), Catch::Contains("must be a list of tables"));
  REQUIRE_THAT(message("study.axes = [ { training.seed = 1 } ]"), Catch::Contains("study.axes must be a table"));
  REQUIRE_THAT(message("study.axes.a = [ { training.seed = 1 }, { training.seed = 1 } ]"),
               Catch::Contains("cannot be named after its values"));
  REQUIRE_THAT(message("study.axes.a = [ { label = \"x\", b = 1 }, { label = \"x\", b = 2 } ]"),
               Catch::Contains("have the label x"));
  REQUIRE_THAT(message("study.axes.a = [ { label = \"a/b\", b = 1 } ]"), Catch::Contains("cannot be part of a folder's name"));
  REQUIRE_THAT(message("study.axes.a = [ { label = \"..\", b = 1 } ]"), Catch::Contains("cannot be part of a folder's name"));
  REQUIRE_THAT(message("study.axes.a = [ { label = \"b\", name = \"c\" } ]"), Catch::Contains("cannot vary name"));
  REQUIRE_THAT(message("study.axes.a = [ { label = \"p_q\", b = 1 }, { label = \"p\", b = 2 } ]\n"
                       "study.axes.c = [ { label = \"r\", d = 1 }, { label = \"q_r\", d = 2 } ]"),
               Catch::Contains("two runs of the study have the label p_q_r"));
}
