#include <catch.hpp>
#include <config/selection.hpp>
#include <limits>
#include <map>
#include <study/choose.hpp>

namespace etude {
namespace {

/// A study of one model at several learning rates, each with two seeds; the rate is selected.
Study study_of(const std::vector<double>& rates, const std::string& path = "learning_rate") {
  Study study;
  study.name = "tuned";
  StudyAxis rate_axis{"rate", {}, false};
  for (std::size_t r = 0; r < rates.size(); ++r) {
    rate_axis.labels.push_back("rate-" + std::to_string(r));
    for (const std::int64_t seed : {1, 2}) {
      Variant variant;
      variant.axes = {{"model", "gpt"}, {"rate", rate_axis.labels.back()}, {"seed", "seed-" + std::to_string(seed)}};
      variant.label = "gpt_" + rate_axis.labels.back() + "_seed-" + std::to_string(seed);
      Table training;
      if (path == "schedule")
        training.set(path, Value(rate_axis.labels.back()));
      else
        training.set(path, Value(rates[r]));
      training.set("batch_size", Value(std::int64_t{8}));
      variant.experiment.resolved.set("training", Value(training));
      study.variants.push_back(variant);
    }
  }
  study.axes = {{"model", {"gpt"}, false}, rate_axis, {"seed", {"seed-1", "seed-2"}, true}};
  Selection selection;
  selection.axis = "rate";
  study.selections = {selection};
  return study;
}

/// The choice among runs with these values, two for each point.
Choice choice_of(const Study& study, const std::vector<std::optional<double>>& values) {
  const auto open = open_choices(study, {});
  REQUIRE(open.size() == 1);
  return choose(study, open.front(), [&](std::size_t run) { return values.at(run); });
}

bool warns(const Choice& choice, const std::string& of) {
  for (const auto& warning : choice.warnings)
    if (warning.find(of) != std::string::npos) return true;
  return false;
}

}  // namespace

TEST_CASE("The point with the lowest mean over seeds is chosen, not the one with the lowest run") {
  const auto choice = choice_of(study_of({1, 2, 3}), {2.0, 2.2, 1.9, 2.0, 1.0, 3.0});
  CHECK(choice.point.label == "rate-1");
  CHECK(choice.point.value == Approx(1.95));
  CHECK(choice.point.axis == "rate");
  CHECK(choice.point.combination == "gpt");
  CHECK(choice.point.by == "validation_loss");
  CHECK(!choice.point.at_edge);
  CHECK(choice.warnings.empty());
}

TEST_CASE("A point with a failed run is passed over, and that is said") {
  const auto choice = choice_of(study_of({1, 2, 3, 4}), {4.0, 4.0, 3.0, 3.0, 2.0, std::nullopt, 5.0, 5.0});
  CHECK(choice.point.label == "rate-1");
  CHECK(warns(choice, "rate rate-2 is passed over for gpt"));
}

TEST_CASE("Where every point has a failed run none is chosen") {
  const auto choice = choice_of(study_of({1, 2}), {std::nullopt, 1.0, 1.0, std::nullopt});
  CHECK(choice.point.label.empty());
  CHECK(warns(choice, "no point of rate could be chosen for gpt"));
}

TEST_CASE("The best point at the edge of a grid of numbers is warned of, whatever the order of the grid") {
  CHECK(choice_of(study_of({1, 2, 3}), {1.0, 1.0, 2.0, 2.0, 3.0, 3.0}).point.at_edge);
  CHECK(choice_of(study_of({1, 2, 3}), {3.0, 3.0, 2.0, 2.0, 1.0, 1.0}).point.at_edge);
  // The first point of the list is the middle of the grid.
  const auto middle = choice_of(study_of({2, 1, 3}), {1.0, 1.0, 2.0, 2.0, 3.0, 3.0});
  CHECK(!middle.point.at_edge);
  CHECK(middle.warnings.empty());
  CHECK(choice_of(study_of({1, 3, 2}), {3.0, 3.0, 1.0, 1.0, 2.0, 2.0}).point.at_edge);
}

TEST_CASE("Choices at the edges of grids are told in a line an axis") {
  CHECK(edge_warnings({{"rate", "high", "gpt", "validation_loss", 1, false}}).empty());
  const auto lines = edge_warnings({{"rate", "high", "gpt", "validation_loss", 1, true},
                                    {"rate", "low", "lstm", "validation_loss", 1, false},
                                    {"rate", "low", "gru", "validation_loss", 1, true},
                                    {"dropout", "0.5", "", "validation_loss", 1, true}});
  REQUIRE(lines.size() == 2);
  CHECK_THAT(lines[0], Catch::StartsWith("the best dropout stands at the edge of its grid: 0.5;"));
  CHECK_THAT(lines[1], Catch::StartsWith("the best rate stands at the edge of its grid: high for gpt, low for gru;"));
}

TEST_CASE("A failed point beyond the best one is still a point of the grid") {
  CHECK(!choice_of(study_of({1, 2, 3}), {2.0, 2.0, 1.0, 1.0, std::nullopt, std::nullopt}).point.at_edge);
}

TEST_CASE("Points that differ in kind have no edge") {
  CHECK(!choice_of(study_of({1, 2, 3}, "schedule"), {1.0, 1.0, 2.0, 2.0, 3.0, 3.0}).point.at_edge);
}

TEST_CASE("What is measured is the last validation, and nothing where it is no number") {
  RunData data;
  CHECK(!measured(data, "validation_loss"));
  data.validation.resize(2);
  data.validation[0].loss = 1;
  data.validation[1].loss = 2;
  data.validation[1].bits_per_character = 3;
  CHECK(measured(data, "validation_loss") == 2.0);
  CHECK(measured(data, "bits_per_character") == 3.0);
  data.validation[1].loss = std::numeric_limits<double>::quiet_NaN();
  data.validation[1].bits_per_character = std::numeric_limits<double>::infinity();
  CHECK(!measured(data, "validation_loss"));
  CHECK(!measured(data, "bits_per_character"));
}

}  // namespace etude
