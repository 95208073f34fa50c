#include <torch/torch.h>

#include <catch.hpp>
#include <etude/safetensors.hpp>
#include <fstream>
#include <temporary_directory.hpp>
#include <train/checkpoint.hpp>
#include <train/step.hpp>

#include "tiny_model.hpp"

using namespace etude;
using etude::testing::make_bigram;
using etude::testing::TemporaryDirectory;

namespace {

struct Trained {
  std::shared_ptr<etude::testing::BigramModel> model = make_bigram(5, 8);
  TrainStep step{model, "architecture bigram", {}};

  void train(int steps) {
    torch::manual_seed(3);
    const auto windows = torch::randint(5, {4, 9}, torch::kLong);
    for (int i = 1; i <= steps; ++i) step.run(windows, i, 0.01);
  }
  void save(Checkpoints& checkpoints, std::int64_t number, double loss, std::int64_t keep = 10, bool keep_best = false) {
    checkpoints.save({number, number * 32, 1.5, loss}, *model, step.optimizer(), keep, keep_best);
  }
};

}  // namespace

TEST_CASE("A checkpoint brings back weights, moments and counters") {
  const TemporaryDirectory directory;
  Checkpoints checkpoints(directory.path() / "checkpoints");
  Trained one, two;
  one.train(3);
  one.save(checkpoints, 3, 1.25);

  const auto state = checkpoints.newest();
  REQUIRE(state);
  CHECK(state->step == 3);
  CHECK(state->tokens == 96);
  CHECK(state->validation_loss == 1.25);
  checkpoints.load(3, *two.model, two.step.optimizer());
  CHECK(torch::equal(one.model->table, two.model->table));
  one.train(2);
  two.train(2);  // would differ if a moment or the count of updates had not come back
  CHECK(torch::equal(one.model->table, two.model->table));
}

TEST_CASE("Only the newest checkpoints stay, and the best one if that is asked for") {
  const TemporaryDirectory directory;
  for (const bool keep_best : {false, true}) {
    Checkpoints checkpoints(directory.path() / (keep_best ? "best" : "newest"));
    Trained trained;
    const std::vector<double> losses{3, 1, 2, 2.5, 2.6};
    for (std::size_t i = 0; i < losses.size(); ++i)
      trained.save(checkpoints, static_cast<std::int64_t>(i) + 1, losses[i], 2, keep_best);
    CHECK(checkpoints.steps() == (keep_best ? std::vector<std::int64_t>{2, 4, 5} : std::vector<std::int64_t>{4, 5}));
    if (keep_best) CHECK(checkpoints.best()->step == 2);
  }
}

TEST_CASE("Spared checkpoints stay beside the newest") {
  const TemporaryDirectory directory;
  Checkpoints checkpoints(directory.path() / "checkpoints");
  checkpoints.spare({2, 3});
  Trained trained;
  for (std::int64_t step = 1; step <= 6; ++step) trained.save(checkpoints, step, 1, 2);
  CHECK(checkpoints.steps() == std::vector<std::int64_t>{2, 3, 5, 6});
}

TEST_CASE("A checkpoint that does not fit changes neither model nor optimizer") {
  const TemporaryDirectory directory;
  Checkpoints checkpoints(directory.path() / "checkpoints");
  Trained saved, other, peaceful;
  saved.train(3);
  saved.save(checkpoints, 3, 1.25);
  for (auto* trained : {&other, &peaceful}) trained->train(1);
  // The weights fit and the moments do not: their names are of another model.
  auto moments = saved.step.optimizer().state();
  for (auto& [name, moment] : moments) name += ".old";
  save_safetensors(checkpoints.directory_of(3) / "optimizer.safetensors", moments, {});
  CHECK_THROWS_WITH(checkpoints.load(3, *other.model, other.step.optimizer()), Catch::Contains("lacks first.table"));
  for (auto* trained : {&other, &peaceful}) trained->train(2);
  CHECK(torch::equal(other.model->table, peaceful.model->table));
}

TEST_CASE("A damaged checkpoint is passed over for the one before it") {
  const TemporaryDirectory directory;
  Checkpoints checkpoints(directory.path() / "checkpoints");
  Trained trained;
  trained.save(checkpoints, 1, 2.0);
  trained.save(checkpoints, 2, 1.0);
  std::ofstream(checkpoints.directory_of(2) / "optimizer.safetensors", std::ios::app) << "more";
  CHECK(checkpoints.newest()->step == 1);
}

TEST_CASE("What a kill left half written is no checkpoint") {
  const TemporaryDirectory directory;
  Checkpoints checkpoints(directory.path() / "checkpoints");
  std::filesystem::create_directories(directory.path() / "checkpoints" / "step-7.unfinished");
  CHECK_FALSE(checkpoints.newest());
  checkpoints.remove_unfinished();
  CHECK(std::filesystem::is_empty(directory.path() / "checkpoints"));
}

TEST_CASE("Weights of another shape are refused, naming the tensor and both shapes") {
  const TemporaryDirectory directory;
  Checkpoints checkpoints(directory.path() / "checkpoints");
  Trained trained;
  trained.save(checkpoints, 1, 2.0);
  const auto other = make_bigram(6, 8);
  CHECK_THROWS_WITH(checkpoints.load_model(1, *other),
                    Catch::Contains("table") && Catch::Contains("[5, 5]") && Catch::Contains("[6, 6]"));
}
