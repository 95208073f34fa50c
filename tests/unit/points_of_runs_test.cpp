#include <analysis/points.hpp>
#include <catch.hpp>
#include <fstream>
#include <temporary_directory.hpp>
#include <unit/made_runs.hpp>

namespace etude {
namespace {

using testing::MadeRun;

struct Sized {
  MadeRun made;
  std::string architecture = "gpt";
  double embedding = 200'000, output = 34'567;
  double flops_per_token = 7e6;
};

RunData run_of(const Sized& sized) {
  RunData data = testing::data_of(sized.made);
  data.header.provenance.emplace_back("plugin.architecture." + sized.architecture, "etude." + sized.architecture + " 1.0.0");
  data.header.model["parameters_embedding"] = sized.embedding;
  data.header.model["parameters_output"] = sized.output;
  data.header.model["parameters_body"] = 1'234'567 - sized.embedding - sized.output;
  data.header.model["training_flops_per_token"] = sized.flops_per_token;
  return data;
}

PointSet points_of(const std::vector<Sized>& runs, const PointOptions& options = {}) {
  std::vector<RunData> data;
  for (const auto& run : runs) data.push_back(run_of(run));
  std::vector<const RunData*> to_fit;
  for (const auto& one : data) to_fit.push_back(&one);
  return points_of_runs(to_fit, options);
}

MadeRun labelled(const std::string& label, double loss = 1.0) {
  MadeRun made;
  made.label = label;
  made.loss = loss;
  return made;
}

}  // namespace

TEST_CASE("A point is the last validation of a run, its size counted as asked") {
  const auto set = points_of({{labelled("gpt-a", 1.25)}});
  REQUIRE(set.points.size() == 1);
  const LossPoint& point = set.points[0];
  CHECK(point.run == "gpt-a");
  CHECK(point.family == "gpt");
  CHECK(point.parameters == 1'234'567);
  CHECK(point.tokens == 3e6);
  CHECK(point.loss == 1.25);
  CHECK(point.low.value() == Approx(1.24));
  CHECK(point.flops == Approx(7e6 * 3e6));
  CHECK(set.warnings.empty());
  CHECK(points_of({{labelled("a")}}, {.counted = ParameterCount::without_embeddings}).points[0].parameters == 1'034'567);
  CHECK(points_of({{labelled("a")}}, {.counted = ParameterCount::body}).points[0].parameters == 1'000'000);
}

TEST_CASE("In bits per character the interval is in the same unit") {
  const auto point = points_of({{labelled("a", 1.25)}}, {.unit = LossUnit::bits_per_character}).points.at(0);
  CHECK(point.loss == 1.5);
  CHECK(point.low.value() == Approx(1.24 * 1.5 / 1.25));
}

TEST_CASE("Runs that are not done, or have no loss, are left out and named with the reason") {
  auto failed = labelled("failed");
  failed.state = "failed";
  auto without = labelled("without", std::numeric_limits<double>::quiet_NaN());
  const auto set = points_of({{labelled("good")}, {failed}, {without}});
  CHECK(set.points.size() == 1);
  REQUIRE(set.warnings.size() == 2);
  CHECK_THAT(set.warnings[0], Catch::Contains("failed (failed"));
  CHECK_THAT(set.warnings[1], Catch::Contains("without (its validation loss is nan"));
}

TEST_CASE("Damaged run files are left out and named, the others are fitted") {
  testing::TemporaryDirectory temporary;
  testing::write_run(temporary.path() / "good", labelled("good"));
  std::filesystem::create_directories(temporary.path() / "bad");
  std::ofstream(temporary.path() / "bad" / "journal.jsonl") << "{\"event\":\"head";
  const auto set = points_of_runs({temporary.path() / "good", temporary.path() / "bad"}, {});
  CHECK(set.points.size() == 1);
  REQUIRE(set.warnings.size() == 1);
  CHECK_THAT(set.warnings[0], Catch::Contains((temporary.path() / "bad").string()));
}

TEST_CASE("Losses a token of other tokens are refused, and bits per character offered") {
  auto other = labelled("bpe");
  other.corpus = "another";
  CHECK_THROWS_WITH(points_of({{labelled("char")}, {other}}),
                    Catch::Contains("char and bpe do not predict the same tokens") && Catch::Contains("bits_per_character"));
  CHECK(points_of({{labelled("char")}, {other}}, {.unit = LossUnit::bits_per_character}).points.size() == 2);
  other.validation_characters = 4000;
  CHECK_THROWS_WITH(points_of({{labelled("char")}, {other}}, {.unit = LossUnit::bits_per_character}),
                    Catch::Contains("different texts"));
}

TEST_CASE("Characters that the tokenizer does not know make bits per character too low, which is said") {
  auto lossy = labelled("lossy");
  lossy.unknown_share = 0.01;
  CHECK(points_of({{lossy}}).warnings.empty());
  CHECK_THAT(points_of({{lossy}}, {.unit = LossUnit::bits_per_character}).warnings.at(0), Catch::Contains("does not know"));
}

TEST_CASE("Runs that differ in seeds alone share a cell, and others of one size and budget are told of") {
  auto first = labelled("a_seed-1"), second = labelled("a_seed-2"), warmer = labelled("a_rate-2");
  first.axes = {{"rate", "1"}, {"seed", "1"}};
  first.experiment = "threads = 1\n[training.seeds]\ndata = 1\n";
  second.axes = {{"rate", "1"}, {"seed", "2"}};
  second.experiment = "threads = 2\ncheckpoint_every = 7\n[training.seeds]\ndata = 2\n";
  warmer.axes = {{"rate", "2"}, {"seed", "1"}};
  warmer.experiment = "learning_rate = 2e-3\n";
  const auto seeds = points_of({{first}, {second}});
  CHECK(seeds.points[0].cell == seeds.points[1].cell);
  CHECK(seeds.warnings.empty());
  const auto rates = points_of({{first}, {warmer}});
  CHECK(rates.points[0].cell != rates.points[1].cell);
  CHECK_THAT(rates.warnings.at(0), Catch::Contains("differ in rate") && Catch::Contains("a_seed-1 and 1 other"));
}

TEST_CASE("Axes can tell families apart, and an axis that no run has is an error") {
  auto small = labelled("small");
  small.axes = {{"model", "m"}, {"dropout", "none"}};
  const auto set = points_of({{small}, {labelled("other"), "lstm"}}, {.families = {"dropout"}});
  CHECK(set.points[0].family == "gpt none");
  CHECK(set.points[1].family == "lstm");
  CHECK_THROWS_WITH(points_of({{small}}, {.families = {"drop"}}),
                    Catch::Contains("no run has an axis drop") && Catch::Contains("axes: dropout, model"));
}

}  // namespace etude
