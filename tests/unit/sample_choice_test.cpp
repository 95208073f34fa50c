// Which samples a report shows.
#include <algorithm>
#include <catch.hpp>
#include <report/sample_choice.hpp>

using namespace etude;

namespace {

const std::string good = "X:1\nM:4/4\nL:1/8\nK:C\nCDEF GABc|\n";
const std::string bad = "X:1\nM:nonsense\nK:C\nCDEF|\n";

/// A run with these texts, judged by a metric.
ReportRun run_with(const std::vector<std::string>& texts, double loss = 1) {
  ReportRun run;
  for (const auto& text : texts) run.data.samples.push_back({10, "validity", text, "a verdict", {}});
  run.data.validation.push_back({10, 100, loss, loss, loss, loss, 0});
  return run;
}

std::vector<std::size_t> numbers(const ShownSamples& shown) {
  std::vector<std::size_t> all;
  for (const auto& one : shown.samples) all.push_back(one.number);
  return all;
}

using Numbers = std::vector<std::size_t>;

}  // namespace

TEST_CASE("Half of the samples shown export to MIDI and half do not, in the run's order") {
  const std::vector<ReportRun> runs{run_with({bad, bad, bad, good, bad, good, good})};
  const auto shown = choose_samples(runs, 4, 60);
  REQUIRE(shown.size() == 1);
  CHECK(numbers(shown[0]) == Numbers{1, 2, 4, 6});
  CHECK(shown[0].drawn == 7);
  CHECK(shown[0].judged == 7);
  CHECK(shown[0].exported == 3);
}

TEST_CASE("Where there are too few of one sort the other fills their places") {
  CHECK(numbers(choose_samples({run_with({bad, bad, good, bad, bad})}, 4, 60)[0]) == Numbers{1, 2, 3, 4});
  CHECK(numbers(choose_samples({run_with({good, good, bad, good, good})}, 4, 60)[0]) == Numbers{1, 2, 3, 4});
  CHECK(numbers(choose_samples({run_with({good, bad})}, 4, 60)[0]) == Numbers{1, 2});
}

TEST_CASE("A text that several metrics judge is one sample with all verdicts, and equal texts stay two") {
  ReportRun run = run_with({good, good});
  for (const char* verdict : {"exported", "not exported"}) run.data.samples.push_back({10, "export", good, verdict, {}});
  const std::vector<ReportRun> runs{run};
  const auto shown = choose_samples(runs, 4, 60);
  REQUIRE(shown[0].samples.size() == 2);
  using Verdicts = std::vector<std::pair<std::string, std::string>>;
  CHECK(shown[0].samples[0].verdicts == Verdicts{{"validity", "a verdict"}, {"export", "exported"}});
  CHECK(shown[0].samples[1].verdicts == Verdicts{{"validity", "a verdict"}, {"export", "not exported"}});
}

TEST_CASE("Samples from training are shown where no metric drew any, the last first") {
  ReportRun run;
  for (const int step : {10, 20, 30}) run.data.samples.push_back({step, "training", bad, "", {}});
  std::vector<ReportRun> runs{run};
  const auto shown = choose_samples(runs, 2, 60);
  CHECK(shown[0].while_training);
  REQUIRE(shown[0].samples.size() == 2);
  CHECK(shown[0].samples[0].step == 30);
  CHECK(shown[0].samples[1].step == 20);

  runs[0].data.samples.push_back({30, "validity", good, "", {}});
  CHECK_FALSE(choose_samples(runs, 2, 60)[0].while_training);
}

TEST_CASE("Texts without a tune are shown without a judgement") {
  const std::vector<ReportRun> runs{run_with({"It was a dark and stormy night.", "The end."})};
  const auto shown = choose_samples(runs, 4, 60);
  CHECK(shown[0].samples.size() == 2);
  CHECK(shown[0].judged == 0);
  CHECK_FALSE(shown[0].samples[0].is_music);
}

TEST_CASE("A page of many runs shows fewer samples of each, and at last only the best runs") {
  std::vector<ReportRun> runs(6, run_with({bad, bad, bad, bad, bad, bad}));
  const auto some = choose_samples(runs, 12, 24);
  REQUIRE(some.size() == 6);
  for (const auto& run : some) CHECK(run.samples.size() == 4);

  const std::vector<double> losses{5, 1, 4, 2, 6, 3};
  for (std::size_t i = 0; i < runs.size(); ++i) runs[i].data.validation[0].bits_per_character = losses[i];
  const auto best = choose_samples(runs, 12, 6);
  REQUIRE(best.size() == 3);
  CHECK(best[0].run == &runs[1]);
  CHECK(best[1].run == &runs[3]);
  CHECK(best[2].run == &runs[5]);
  CHECK(best[0].samples.size() == 2);
  CHECK(lowest_validation(best) == &runs[1]);
}

TEST_CASE("Runs that were not selected, or have no samples, show none") {
  std::vector<ReportRun> runs{run_with({good}), run_with({})};
  runs[0].selected = false;
  CHECK(choose_samples(runs, 12, 60).empty());
  CHECK(count_with_samples(runs) == 0);
  runs[0].selected = true;
  CHECK(count_with_samples(runs) == 1);
  CHECK(choose_samples(runs, 0, 60).empty());
  CHECK(lowest_validation({}) == nullptr);
}
