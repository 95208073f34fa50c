#include <algorithm>
#include <catch.hpp>
#include <study/planned_runs.hpp>

namespace etude {
namespace {

/// Two models, two rates, two seeds; the rates are tried with the first seed.
Study study_of() {
  Study study;
  study.axes = {{"model", {"gpt", "lstm"}, false}, {"rate", {"low", "high"}, false}, {"seed", {"one", "two"}, true}};
  for (const auto& model : study.axes[0].labels)
    for (const auto& rate : study.axes[1].labels)
      for (const auto& seed : study.axes[2].labels) {
        Variant variant;
        variant.label = model + "_" + rate + "_" + seed;
        variant.axes = {{"model", model}, {"rate", rate}, {"seed", seed}};
        study.variants.push_back(variant);
      }
  Selection selection;
  selection.axis = "rate";
  selection.at = {{"seed", "one"}};
  study.selections = {selection};
  return study;
}

/// "gpt_low_one", with "-" before what does not count, and the id of what has one after "=".
std::vector<std::string> planned(const Study& study, const Choices& choices) {
  std::vector<std::string> lines;
  for (const auto& run : planned_runs(study, choices, [](std::size_t i) { return std::to_string(i); }))
    lines.push_back((run.selected ? "" : "-") + run.label + (run.id.empty() ? "" : "=" + run.id));
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("A plan tells what is tried, and how many runs wait for a choice") {
  CHECK(planned(study_of(), {}) ==
        Lines{"gpt_low_one=0", "gpt_high_one=2", "lstm_low_one=4", "lstm_high_one=6", "gpt_?_two", "lstm_?_two"});
}

TEST_CASE("A choice gives the runs that waited their names, and takes those that lost from what counts") {
  const auto study = study_of();
  CHECK(planned(study, {{{0, "gpt"}, "high"}}) ==
        Lines{"-gpt_low_one=0", "gpt_high_one=2", "gpt_high_two=3", "lstm_low_one=4", "lstm_high_one=6", "lstm_?_two"});
  CHECK(planned(study, {{{0, "gpt"}, "high"}, {{0, "lstm"}, "low"}}) ==
        Lines{"-gpt_low_one=0", "gpt_high_one=2", "gpt_high_two=3", "lstm_low_one=4", "lstm_low_two=5", "-lstm_high_one=6"});
}

TEST_CASE("Where nothing could be chosen nothing that waited for it is planned") {
  CHECK(planned(study_of(), {{{0, "gpt"}, ""}, {{0, "lstm"}, "low"}}) ==
        Lines{"-gpt_low_one=0", "-gpt_high_one=2", "lstm_low_one=4", "lstm_low_two=5", "-lstm_high_one=6"});
}

TEST_CASE("What is named but waits for a choice is counted, whichever point will be chosen") {
  const auto study = study_of();
  const auto waiting = [&](const std::string& pattern, const Choices& choices) {
    return named_but_waiting(study, choices, named_runs(study, {pattern}));
  };
  CHECK(waiting("gpt_*_two", {}) == 1);
  CHECK(waiting("gpt_high_two", {}) == 1);
  CHECK(waiting("*", {}) == 2);
  CHECK(waiting("gpt_*_one", {}) == 0);
  CHECK(waiting("gpt_*_two", {{{0, "gpt"}, "high"}}) == 0);
  CHECK(waiting("gpt_*_two", {{{0, "lstm"}, "high"}}) == 1);
  CHECK(waiting("gpt_*_two", {{{0, "gpt"}, ""}}) == 0);
}

TEST_CASE("Without selections every run is planned and counts") {
  auto study = study_of();
  study.selections.clear();
  CHECK(planned(study, {}).size() == 8);
  for (const auto& line : planned(study, {})) CHECK(line.front() != '-');
}

TEST_CASE("Runs are named by their labels or by patterns") {
  const auto study = study_of();
  const auto count = [&](const Lines& patterns) {
    const auto named = named_runs(study, patterns);
    return std::count(named.begin(), named.end(), true);
  };
  CHECK(count({}) == 8);
  CHECK(count({"gpt_low_one"}) == 1);
  CHECK(count({"gpt_*"}) == 4);
  CHECK(count({"gpt_*", "*_two"}) == 6);
  CHECK(count({"*_l?w_*"}) == 4);
  CHECK_THROWS_WITH(count({"gpt_lo_one"}), Catch::Contains("did you mean gpt_low_one?"));
  CHECK_THROWS_WITH(count({"gpt_*", ""}), Catch::Contains("no run of the study is called"));
}

}  // namespace etude
