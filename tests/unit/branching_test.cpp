#include <catch.hpp>
#include <study/branching.hpp>

#include "experiment_fixture.hpp"

using namespace etude;
using etude::testing::ExperimentFolder;
using etude::testing::small_experiment;
using etude::testing::test_catalogue;

namespace {

using Parents = std::vector<std::optional<std::size_t>>;
constexpr auto none = std::nullopt;

/// A study of the small experiment, whose [training] goes on with `lines`.
Study study_of(const std::string& lines) {
  const ExperimentFolder folder;
  return resolve_study(read_experiment(folder.write("mine.toml", small_experiment + lines), {}), test_catalogue());
}

const std::string budgets = R"(
axes.budget = [ { label = "long", training.steps = 40 }, { label = "short", training.steps = 10 }, { label = "mid", training.steps = 20 } ]
)";

}  // namespace

TEST_CASE("A run begins from its sibling that begins its decay last before its own") {
  const Study study = study_of("schedule = \"wsd\"\n[study]" + budgets);
  CHECK(branch_parents(study) == Parents{2, none, 1});
  CHECK(own_steps(study, 0, 2) == 24);  // 40, less the 16 before the decay of 20
  CHECK(own_steps(study, 1, none) == 10);
  CHECK(branch_parents(study, {true, true, false}) == Parents{1, none, none});
}

TEST_CASE("Runs with another schedule have no siblings") {
  const Study study = study_of("schedule = \"cosine\"\n[study]" + budgets);
  CHECK(branch_parents(study) == Parents{none, none, none});
  CHECK(siblings_of(study, 0, "c0ffee", test_catalogue(), "runs").empty());
}

TEST_CASE("What acts before the decay makes runs strangers, what acts later does not") {
  const auto parents = [](const std::string& point) {
    return branch_parents(
               study_of("schedule = \"wsd\"\n[study]\naxes.budget = [ { label = \"a\", training.steps = 10 }, "
                        "{ label = \"b\", training.steps = 20, " +
                        point + " } ]\n"))[1]
        .has_value();
  };
  for (const auto* same : {"training.decay_share = 0.5", "training.final_learning_rate = 1e-5", "training.keep_checkpoints = 5",
                           "training.checkpoint_every = 3", "metric = [{ plugin = \"music\" }]"}) {
    INFO(same);
    CHECK(parents(same));
  }
  for (const auto* other : {"training.learning_rate = 1e-3", "training.seed = 2", "training.warmup_steps = 2",
                            "training.validate_every = 5", "training.log_every = 2", "architecture.n_layer = 2",
                            "architecture = { plugin = \"lstm\" }", "split.seed = 1", "training.schedule = \"constant\""}) {
    INFO(other);
    CHECK_FALSE(parents(other));
  }
}

TEST_CASE("A run whose decay is all of it leaves nothing to begin from") {
  const Study study = study_of("schedule = \"wsd\"\ndecay_share = 1\n[study]" + budgets);
  CHECK(branch_parents(study) == Parents{none, none, none});
}

TEST_CASE("Siblings are where their ids say, and every decay before the own leaves a checkpoint") {
  const Study study = study_of("schedule = \"wsd\"\n[study]" + budgets);
  const Catalogue catalogue = test_catalogue();
  const auto siblings = siblings_of(study, 2, "c0ffee", catalogue, "runs");
  REQUIRE(siblings.size() == 2);
  CHECK(siblings[0].directory == std::filesystem::path("runs") / run_id(study.variants[0], "c0ffee", catalogue));
  CHECK(siblings[0].stable_steps == 32);
  CHECK(decay_begins(study.variants[2].experiment.training, siblings) == std::vector<std::int64_t>{8});
}
