#include <algorithm>
#include <catch.hpp>
#include <config/axes.hpp>
#include <config/selection.hpp>
#include <config/study_section.hpp>
#include <config/toml.hpp>

#include "experiment_fixture.hpp"

using namespace etude;

namespace {

using Labels = std::vector<std::string>;

/// The runs and selections of [study], with nothing in the runs.
Study study_of(const std::string& section) {
  const Table merged = parse_toml("[study]\n" + section, "x.toml");
  Study study;
  std::vector<Problem> problems;
  read_study_section(merged, study, problems);
  throw_problems(problems);
  for (auto& variant : expand_axes(merged, {}, "study")) study.variants.push_back({variant.label, variant.axes, {}});
  return study;
}

Labels labels(const Study& study, const std::vector<std::size_t>& runs) {
  Labels result;
  for (const auto run : runs) result.push_back(study.variants[run].label);
  return result;
}

/// "small: 1 (small_1_a small_1_b), 2 (small_2_a small_2_b)".
std::string open(const Study& study, const Choices& choices) {
  std::string all;
  for (const auto& choice : open_choices(study, choices)) {
    all += (all.empty() ? "" : "; ") + choice.place.combination + ":";
    for (const auto& candidate : choice.candidates) {
      all += " " + candidate.label + " (";
      for (const auto& label : labels(study, candidate.runs)) all += (all.back() == '(' ? "" : " ") + label;
      all += ")";
    }
  }
  return all;
}

const std::string model = "axes.model = [ { label = \"s\", w = 1 }, { label = \"l\", w = 2 } ]\n";
const std::string rate = "axes.rate = [ { label = \"1\", r = 1 }, { label = \"2\", r = 2 }, { label = \"3\", r = 3 } ]\n";
const std::string seed = "axes.seed = [ { label = \"a\", training.seed = 1 }, { label = \"b\", training.seed = 2 } ]\n";

}  // namespace

TEST_CASE("Without selections all runs are wanted and count, and nothing is to choose") {
  const Study study = study_of(model + seed);
  REQUIRE(labels(study, wanted_runs(study, {})) == Labels{"s_a", "s_b", "l_a", "l_b"});
  REQUIRE(selected_runs(study, {}) == wanted_runs(study, {}));
  REQUIRE(open_choices(study, {}).empty());
}

TEST_CASE("A selection tries every point, and judges each by its seeds together") {
  const Study study = study_of(model + rate + seed + "select.rate = \"validation_loss\"");
  REQUIRE(wanted_runs(study, {}).size() == 12);
  REQUIRE(open(study, {}) ==
          "s: 1 (s_1_a s_1_b) 2 (s_2_a s_2_b) 3 (s_3_a s_3_b); l: 1 (l_1_a l_1_b) 2 (l_2_a l_2_b) 3 (l_3_a l_3_b)");
  const Choices choices{{{0, "s"}, "2"}, {{0, "l"}, "1"}};
  REQUIRE(open_choices(study, choices).empty());
  REQUIRE(wanted_runs(study, choices).size() == 12);
  REQUIRE(labels(study, selected_runs(study, choices)) == Labels{"s_2_a", "s_2_b", "l_1_a", "l_1_b"});
}

TEST_CASE("Where points are tried at one label, the others wait for the choice and take the chosen point alone") {
  const Study study = study_of(model + rate + seed + "select.rate = { at = { seed = \"a\" } }");
  REQUIRE(labels(study, wanted_runs(study, {})) == Labels{"s_1_a", "s_2_a", "s_3_a", "l_1_a", "l_2_a", "l_3_a"});
  REQUIRE(open(study, {{{0, "l"}, "3"}}) == "s: 1 (s_1_a) 2 (s_2_a) 3 (s_3_a)");
  const Choices choices{{{0, "s"}, "2"}, {{0, "l"}, "3"}};
  REQUIRE(labels(study, wanted_runs(study, choices)) ==
          Labels{"s_1_a", "s_2_a", "s_2_b", "s_3_a", "l_1_a", "l_2_a", "l_3_a", "l_3_b"});
  REQUIRE(labels(study, selected_runs(study, choices)) == Labels{"s_2_a", "s_2_b", "l_3_a", "l_3_b"});
}

TEST_CASE("A later selection tries its points with what an earlier one chose for each") {
  const Study study = study_of(rate + model + seed + "select.rate = \"validation_loss\"\nselect.model = \"validation_loss\"");
  REQUIRE(wanted_runs(study, {}).size() == 12);
  REQUIRE(open(study, {}).starts_with("s: 1 (1_s_a 1_s_b) 2 (2_s_a 2_s_b) 3 (3_s_a 3_s_b); l: 1"));
  Choices choices{{{0, "s"}, "3"}};
  REQUIRE(open(study, choices).find("; ") == std::string::npos);  // only the rate of l; the models wait
  choices[{0, "l"}] = "1";
  REQUIRE(open(study, choices) == ": s (3_s_a 3_s_b) l (1_l_a 1_l_b)");  // in the order of their axis
  choices[{1, ""}] = "l";
  REQUIRE(labels(study, selected_runs(study, choices)) == Labels{"1_l_a", "1_l_b"});
}

TEST_CASE("Rates are tried only for the models that are chosen, where models are tried in one place") {
  const std::string data = "axes.data = [ { label = \"x\", d = 1 }, { label = \"y\", d = 2 } ]\n";
  const Study study =
      study_of(model + data + rate + "select.rate = \"validation_loss\"\nselect.model = { at = { data = \"x\" } }");
  REQUIRE(labels(study, wanted_runs(study, {})) == Labels{"s_x_1", "s_x_2", "s_x_3", "l_x_1", "l_x_2", "l_x_3"});
  const Choices choices{{{0, "s x"}, "1"}, {{0, "l x"}, "2"}, {{1, ""}, "s"}};
  REQUIRE(open(study, choices) == "s y: 1 (s_y_1) 2 (s_y_2) 3 (s_y_3)");
}

TEST_CASE("What depends on a choice that could not be made is not wanted") {
  const Study study = study_of(model + rate + seed + "select.rate = { at = { seed = \"a\" } }");
  const Choices choices{{{0, "s"}, ""}, {{0, "l"}, "3"}};
  REQUIRE(open_choices(study, choices).empty());
  REQUIRE(labels(study, selected_runs(study, choices)) == Labels{"l_3_a", "l_3_b"});
  const auto wanted = labels(study, wanted_runs(study, choices));
  REQUIRE(std::none_of(wanted.begin(), wanted.end(), [](const auto& label) { return label[0] == 's' && label.back() == 'b'; }));
}

TEST_CASE("An estimate assumes the middle point of each axis, and as many runs as there will be") {
  const Study study = study_of(model + rate + seed + "select.rate = { at = { seed = \"a\" } }");
  const Choices assumed = assumed_choices(study);
  REQUIRE((assumed == Choices{{{0, "s"}, "2"}, {{0, "l"}, "2"}}));
  REQUIRE(wanted_runs(study, assumed).size() == 8);
}

TEST_CASE("A study knows its axes, and which of them only repeats") {
  const Study study = study_of(model + seed);
  REQUIRE(study.axes.size() == 2);
  REQUIRE(study.axes[0].labels == Labels{"s", "l"});
  REQUIRE_FALSE(study.axes[0].seeds);
  REQUIRE(study.axes[1].seeds);
  const auto repeats = [](const std::string& points) { return study_of("axes.a = [ " + points + " ]").axes[0].seeds; };
  REQUIRE(repeats("{ training.seeds.data = 1 }, { training.seeds.data = 2 }"));
  REQUIRE(repeats("{ label = \"x\", training.seed = 1, b = 1 }, { label = \"y\", training.seed = 2, b = 1 }"));
  REQUIRE_FALSE(repeats("{ training.seed = 1, b = 1 }, { training.seed = 2, b = 2 }"));
  REQUIRE_FALSE(repeats("{ label = \"only\", b = 1 }"));
}
