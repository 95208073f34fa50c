#include <catch.hpp>

#include "experiment_fixture.hpp"

using namespace etude;
using etude::testing::ExperimentFolder;
using etude::testing::small_experiment;
using etude::testing::test_catalogue;

namespace {

std::string id(const std::string& content, const std::vector<std::string>& overrides = {}, const std::string& corpus = "c0ffee") {
  const ExperimentFolder folder;
  const Catalogue catalogue = test_catalogue();
  const Study study = resolve_study(read_experiment(folder.write("mine.toml", content), overrides), catalogue);
  return run_id(study.variants.at(0), corpus, catalogue);
}

}  // namespace

// printf '%s' '{"architecture":{"plugin":"gpt"},"corpus":"c0ffee","training":{"steps":10}}' | sha256sum
TEST_CASE("A run's id is its label and the beginning of a SHA-256 that anyone can compute") {
  REQUIRE(id(small_experiment) == "mine-72c27c4e");
  REQUIRE(id(small_experiment, {"training.seed=2", "architecture.dropout=0", "training.learning_rate=0.001"}) == "mine-5a7890f7");
}

TEST_CASE("What changes the result changes the id") {
  const std::string plain = id(small_experiment);
  for (const std::string change :
       {"training.steps=11", "training.seeds.dropout=2", "architecture.n_layer=5", "architecture.plugin=lstm",
        "training.precision=bf16", "training.validation_windows=7", "metric=[{ plugin = \"music\" }]"}) {
    INFO(change);
    REQUIRE(id(small_experiment, {change}) != plain);
  }
  REQUIRE(id(small_experiment, {}, "decaf") != plain);
}

TEST_CASE("What only decides how fast or where leaves the id as it is") {
  const std::string plain = id(small_experiment);
  for (const std::string change :
       {"training.device=cpu", "training.threads=3", "training.log_every=5", "training.checkpoint_every=5",
        "training.keep_checkpoints=9", "architecture.fast=true", "dataset.path=elsewhere", "dataset.jobs=4",
        "training.sample_every=2", "plugins.directories=[]"}) {
    INFO(change);
    REQUIRE(id(small_experiment, {change}) == plain);
  }
}

TEST_CASE("A default that is written out, or a number written as an integer, leaves the id as it is") {
  REQUIRE(id(small_experiment, {"architecture.n_layer=4", "training.learning_rate=0.0003"}) == id(small_experiment));
  REQUIRE(id(small_experiment, {"training.clip_norm=1"}) == id(small_experiment, {"training.clip_norm=1.0"}));
}

TEST_CASE("First weights enter the id by their content, not their place") {
  const ExperimentFolder folder;
  const auto a = folder.write("a.safetensors", "weights"), b = folder.write("deep/b.safetensors", "weights"),
             c = folder.write("c.safetensors", "others");
  const auto from = [](const std::filesystem::path& file) {
    return id(small_experiment, {"training.init_from=" + file.string()});
  };
  REQUIRE(from(a) == from(b));
  REQUIRE(from(a) != from(c));
  REQUIRE(from(a) != id(small_experiment));
}
