#include <catch.hpp>
#include <filesystem>
#include <fstream>
#include <record/journal_tail.hpp>
#include <temporary_directory.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

RunHeader header() {
  RunHeader result;
  result.label = "gpt";
  result.study = "study";
  return result;
}

TrainRow step(std::int64_t number) { return {number, number * 100, 2.0, 3e-4, 0.1, 0.3, 333, 1 << 20}; }

/// What the whole journal says must be what its end says.
void require_agreement(const fs::path& run) {
  const auto whole = read_run(run);
  const auto tail = journal_tail(run);
  CHECK(tail.state == whole.state);
  CHECK(tail.reason == whole.reason);
  REQUIRE(tail.train.has_value() == !whole.train.empty());
  if (tail.train) CHECK(tail.train->step == whole.train.back().step);
}

}  // namespace

TEST_CASE("The end of a journal says what the whole journal says") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  CHECK(journal_tail(run).state.empty());
  {
    auto record = RunRecord::create(run, header());
    require_agreement(run);
    for (std::int64_t number = 1; number <= 300; ++number) record.add(step(number));
    require_agreement(run);
    CHECK(journal_tail(run).state == "running");
    // Longer than what is read at first.
    record.add(Sample{300, "training", std::string(10'000, 'C'), "", {}});
    require_agreement(run);
    const auto ends = GENERATE("done", "failed", "interrupted", "running");
    record.set_state(ends, "as it happens");
    if (std::string(ends) != "running") require_agreement(run);
  }
  require_agreement(run);
}

TEST_CASE("A run that was killed is interrupted at its journal's end") {
  testing::TemporaryDirectory temporary;
  {
    auto record = RunRecord::create(temporary.path(), header());
    record.add(step(1));
  }
  require_agreement(temporary.path());
  CHECK(journal_tail(temporary.path()).state == "interrupted");
}

TEST_CASE("A torn or damaged last line is passed over at a journal's end") {
  testing::TemporaryDirectory temporary;
  RunRecord::create(temporary.path(), header()).add(step(7));
  const std::string torn = GENERATE(R"({"event":"train","step":8)", R"({"event":"train","step":"eight"})"
                                                                    "\n");
  std::ofstream(temporary.path() / "journal.jsonl", std::ios::app) << torn;
  const auto tail = journal_tail(temporary.path());
  REQUIRE(tail.train);
  CHECK(tail.train->step == 7);
}

TEST_CASE("A journal that nothing can be made of has no steps") {
  testing::TemporaryDirectory temporary;
  std::ofstream(temporary.path() / "journal.jsonl") << GENERATE("", "\n", "no line", "{}\n{}\n");
  CHECK(!journal_tail(temporary.path()).train);
}

}  // namespace etude
