#include <catch.hpp>
#include <filesystem>
#include <fstream>
#include <record/journal_tail.hpp>
#include <record/run_record.hpp>
#include <temporary_directory.hpp>

namespace etude {
namespace {

RunRecord begin(const std::filesystem::path& run) {
  RunHeader header;
  header.label = "gpt";
  header.study = "study";
  return RunRecord::create(run, header);
}

const TrainRow row{1, 100, 2.0, 3e-4, 0.1, 0.3, 333, 1 << 20};

}  // namespace

TEST_CASE("The end of a journal tells the state that the whole journal tells") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  const auto agree = [&] { return last_state(run) == read_run(run).state; };
  CHECK(last_state(run).empty());
  {
    auto record = begin(run);
    CHECK(agree());
    record.add(row);
    CHECK(agree());
    CHECK(last_state(run) == "running");
    // A line longer than what is read.
    record.add(Sample{1, "training", std::string(100'000, 'C'), "", {}});
    CHECK(agree());
    record.set_state(GENERATE("done", "failed", "interrupted"), "as it happens");
    CHECK(agree());
    CHECK(last_state(run) != "running");
  }
  CHECK(agree());
}

TEST_CASE("A run that was killed is interrupted at its journal's end") {
  testing::TemporaryDirectory temporary;
  const bool trained = GENERATE(false, true);
  {
    auto record = begin(temporary.path());
    if (trained) record.add(row);
  }
  CHECK(last_state(temporary.path()) == "interrupted");
}

TEST_CASE("A torn last line is passed over at a journal's end") {
  testing::TemporaryDirectory temporary;
  begin(temporary.path()).set_state("done");
  std::ofstream(temporary.path() / "journal.jsonl", std::ios::app) << R"({"event":"train","step":8)";
  CHECK(last_state(temporary.path()) == "done");
}

TEST_CASE("A journal without a whole line is of an interrupted run") {
  testing::TemporaryDirectory temporary;
  std::ofstream(temporary.path() / "journal.jsonl") << GENERATE("", "\n", "no line", "{}\n{}\n");
  CHECK(last_state(temporary.path()) == "interrupted");
}

}  // namespace etude
