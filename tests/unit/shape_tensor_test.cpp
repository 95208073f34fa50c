#include <catch.hpp>
#include <cmath>

#include "experiment_fixture.hpp"
#include "sizing_catalogue.hpp"

using namespace etude;
using etude::testing::error_of;
using etude::testing::ExperimentFolder;
using etude::testing::sizing_catalogue;
using etude::testing::small_experiment;

namespace {

Study resolve(const std::string& more, const std::vector<std::string>& overrides = {}) {
  const ExperimentFolder folder;
  return resolve_study(read_experiment(folder.write("mine.toml", small_experiment + more), overrides), sizing_catalogue());
}

std::string problem(const std::string& more, const std::vector<std::string>& overrides = {}) {
  return error_of([&] { resolve(more, overrides); }).what();
}

}  // namespace

TEST_CASE("An architecture that is asked for a size chooses its shape, with the vocabulary and the context of the experiment") {
  const Study study = resolve("", {"architecture.parameters=6400", "training.context_length=10"});
  const Experiment& experiment = study.variants.at(0).experiment;
  // The test's gpt has vocab_size x context_length parameters a block: 64 x 10.
  REQUIRE(*experiment.architecture.options.find("n_layer") == Value(10));
  REQUIRE(experiment.architecture.options.find("n_layer")->origin().text() == "--set architecture.parameters=6400");
  REQUIRE(*experiment.resolved.find("architecture")->get_if<Table>()->find("n_layer") == Value(10));
  REQUIRE_FALSE(experiment.resolved.find("architecture")->get_if<Table>()->contains("parameters"));
  REQUIRE(experiment.sized->parameters == 6400);
  REQUIRE(Value(experiment.sized->options).toml() == "{ n_layer = 10 }");
}

TEST_CASE("A shape that was chosen has the id of the same shape given") {
  const auto id = [](const Study& study) { return run_id(study.variants.at(0), "corpus", sizing_catalogue()); };
  REQUIRE(id(resolve("", {"architecture.parameters=6400", "training.context_length=10"})) ==
          id(resolve("", {"architecture.n_layer=10", "training.context_length=10"})));
}

TEST_CASE("Families of an axis become runs with shapes of their own") {
  const Study study =
      resolve("[study]\naxes.model = [ { family = \"gpt\", parameters = [6400, 12_800] } ]", {"training.context_length=10"});
  REQUIRE(study.variants.size() == 2);
  REQUIRE(study.variants[1].label == "gpt-12.8k");
  REQUIRE(*study.variants[1].experiment.architecture.options.find("n_layer") == Value(20));
}

TEST_CASE("A size that cannot be had is an error at its place, which says why") {
  REQUIRE_THAT(problem("[study]\naxes.model = [ { family = \"gpt\", parameters = [10] } ]"),
               Catch::Contains("mine.toml:12:48: plugin architecture gpt failed in sized(): no gpt has 10 parameters") &&
                   Catch::Contains("the smallest has 16384"));
  for (const auto* size : {"\"many\"", "0", "-5.0", "[1e5]"})
    REQUIRE_THAT(problem("", {std::string("architecture.parameters=") + size}),
                 Catch::Contains("architecture.parameters must be a number of at least 1"));
}

TEST_CASE("An architecture that chooses no shape says what to set instead, and which ones choose") {
  const std::string what = problem("[study]\naxes.model = [ { family = \"lstm\", parameters = [1e5] } ]");
  REQUIRE_THAT(what, Catch::Contains("architecture lstm does not choose its shape by a number of parameters"));
  REQUIRE_THAT(what,
               Catch::Contains("hidden_size") && Catch::Contains("sdk/README.md") && Catch::Contains("those that choose: gpt"));
  REQUIRE_THAT(problem("[study]\naxes.model = [ { family = \"gtp\", parameters = [1e5] } ]"),
               Catch::Contains("did you mean gpt?"));
}

TEST_CASE("A size and a shape that contradict each other are an error that names both places") {
  const std::vector<std::string> size{"architecture.parameters=6400", "training.context_length=10"};
  const std::string what = problem("[study]\naxes.model = [ { architecture.n_layer = 3 } ]", size);
  REQUIRE_THAT(what, Catch::Contains("architecture.n_layer = 3 is given, but architecture.parameters = 6400") &&
                         Catch::Contains("mine.toml:12:41") && Catch::Contains("chooses 10"));
  REQUIRE(resolve("[study]\naxes.model = [ { architecture.n_layer = 10 } ]", size).variants.size() == 1);
}

TEST_CASE("A tokenizer that does not know its vocabulary before it learns cannot be built upon") {
  REQUIRE_THAT(problem("", {"architecture.parameters=6400", "tokenizer.vocab_size=2", "tokenizer.learned=true"}),
               Catch::Contains("knows only once it has learned"));
}
