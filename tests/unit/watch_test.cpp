#include <base/files.hpp>
#include <catch.hpp>
#include <fstream>
#include <record/events.hpp>
#include <record/journal_follower.hpp>
#include <record/study_file.hpp>
#include <study/watch.hpp>
#include <temporary_directory.hpp>
#include <unit/made_runs.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using testing::data_of;
using testing::MadeRun;
using testing::write_run;

/// 1 M of 2 M tokens in 50 seconds, at 10,000 and then 20,000 tokens a second.
TrainRow row(std::int64_t step) {
  const auto tokens = step * 8 * 256;
  return {step, tokens, 4.0 - 0.001 * static_cast<double>(step), 1e-3, 1, static_cast<double>(tokens) / 20'000, 20'000, 1};
}

RunRecord begin_run(const fs::path& directory, const std::string& label) {
  fs::create_directories(directory);
  return RunRecord::create(directory, data_of({label}).header);
}

const WatchedRun& run_of(const Watch& watch, const std::string& name) {
  for (const auto& run : watch.runs())
    if (run.name == name) return run;
  throw Error("no run " + name);
}

}  // namespace

TEST_CASE("A follower reads what was added to a journal, half a line only when it is whole") {
  testing::TemporaryDirectory temporary;
  const auto journal = temporary.path() / "journal.jsonl";
  std::ofstream out(journal);
  out << header_event(data_of({"gpt"}).header) << state_event(0, "running", "") << std::flush;
  JournalFollower follower(temporary.path());
  CHECK(follower.update());
  CHECK_FALSE(follower.update());
  CHECK(follower.data().train.empty());
  CHECK(follower.state() == "interrupted");  // nobody holds the run

  const auto line = train_event(row(1));
  out << line << line.substr(0, 10) << std::flush;
  CHECK(follower.update());
  CHECK(follower.data().train.size() == 1);
  CHECK_FALSE(follower.update());
  out << line.substr(10) << std::flush;
  CHECK(follower.update());
  CHECK(follower.data().train.size() == 2);

  out << "nonsense\n" << std::flush;
  CHECK_THROWS_WITH(follower.update(), Catch::Contains("journal.jsonl:5"));
}

TEST_CASE("A follower begins anew when a resume has written the journal anew") {
  testing::TemporaryDirectory temporary;
  {
    auto record = begin_run(temporary.path(), "gpt");
    for (int step = 1; step <= 4; ++step) record.add(row(step));
  }
  JournalFollower follower(temporary.path());
  follower.update();
  CHECK(follower.data().train.size() == 4);
  auto record = RunRecord::resume(temporary.path(), 2, data_of({"gpt"}).header);
  CHECK(follower.update());
  CHECK(follower.data().train.size() == 2);
  CHECK(follower.data().resumes.size() == 1);
  CHECK(follower.state() == "running");
}

TEST_CASE("A follower reads run.h5 where the journal is gone") {
  testing::TemporaryDirectory temporary;
  write_run(temporary.path(), {"gpt"});
  refresh_snapshot(temporary.path());
  fs::remove(temporary.path() / "journal.jsonl");
  JournalFollower follower(temporary.path());
  CHECK(follower.update());
  CHECK_FALSE(follower.update());
  CHECK(follower.state() == "done");
  CHECK(follower.data().train.size() == 3);
}

TEST_CASE("A watch shows planned, running and ended runs, what is left, and ends with the study") {
  testing::TemporaryDirectory temporary;
  const auto study = temporary.path() / "sizes";
  fs::create_directories(study);
  CHECK_THROWS_WITH(Watch({study}), Catch::Contains("there are no runs in"));
  CHECK_THROWS_WITH(Watch({study / "none"}), Catch::Contains("is not a directory"));
  auto runner = DirectoryLock::try_lock(study);
  Watch watch({study});
  CHECK(watch.runs().empty());
  CHECK_FALSE(watch.ended());

  StudyRecord record{.study = "sizes", .runs = {}, .planned = {{"gpt", "gpt-1"}, {"lstm", "lstm-1"}, {"gru", ""}}};
  write_study_record(study, record);
  write_run(study / "gpt-1", {"gpt"});
  write_run(study / "old-1", {"old"});  // of an earlier call
  auto going = std::make_optional(begin_run(study / "lstm-1", "lstm"));
  for (int step = 1; step <= 488; ++step) going->add(row(step));
  watch.update();
  REQUIRE(watch.runs().size() == 3);
  CHECK(run_of(watch, "gpt").state == "done");
  CHECK(run_of(watch, "gru").state == "planned");
  const auto& lstm = run_of(watch, "lstm");
  CHECK(lstm.state == "running");
  CHECK(lstm.steps == 976);  // 2 M tokens by 8 x 256
  CHECK(lstm.loss == Approx(4.0 - 0.001 * 478.5));
  CHECK(lstm.tokens_per_second == Approx(20'000));
  CHECK(lstm.seconds_left == Approx(488 * 2048 / 20'000.0));
  // What is planned is taken to last as long as the mean of gpt (120 s) and lstm (99.9 s).
  CHECK(watch.summary() == "1 of 3 runs done, 1 running; about 2 m 40 s left, if the others take as long as these");
  CHECK_THAT(watch.table(10), Catch::Contains("lstm  running      50 %") && Catch::Contains("gru   planned         -"));
  CHECK_THAT(watch.table(3), Catch::Contains("gpt"));
  CHECK_THAT(watch.table(2), !Catch::Contains("gpt") && Catch::Contains("lstm") && Catch::Contains("(2 runs more)"));
  CHECK(watch.progress().at(0) == "lstm: step 488 of 976, loss 3.5215, 20.0 k tokens/s, 50 s left");

  watch.news();
  CHECK(watch.news().empty());
  going->add(ValidationRow{488, 999'424, 3.5, 3.4, 3.6, 5, 1}, {{3.5}, {256}, {300}, {0}});
  watch.update();
  CHECK(watch.news() == std::vector<std::string>{"lstm: validation loss 3.5000 after step 488 of 976"});
  for (int step = 489; step <= 976; ++step) going->add(row(step));
  going->add(ValidationRow{976, 1'998'848, 3.1, 3.0, 3.2, 5, 1}, {{3.1}, {256}, {300}, {0}});
  going->set_state("done");
  going.reset();
  watch.update();
  CHECK(watch.news() == std::vector<std::string>{"lstm: done, validation loss 3.1000"});
  CHECK_FALSE(watch.ended());  // gru is to come

  {
    auto failing = begin_run(study / "gru-1", "gru");
    record.planned[2].id = "gru-1";
    write_study_record(study, record);
    watch.update();
    CHECK(watch.news() == std::vector<std::string>{"gru: running"});
    failing.set_state("failed", "the loss is not finite");
  }
  runner.reset();
  watch.update();
  CHECK(watch.ended());
  CHECK(watch.news() == std::vector<std::string>{"gru: failed: the loss is not finite"});
  CHECK(watch.summary() == "2 of 3 runs done, 1 failed");
}

TEST_CASE("A watch of several studies names them, goes on beside a damaged journal, and notices a kill") {
  testing::TemporaryDirectory temporary;
  write_run(temporary.path() / "one" / "gpt-1", {"gpt"});
  fs::create_directories(temporary.path() / "two" / "bad-1");
  std::ofstream(temporary.path() / "two" / "bad-1" / "journal.jsonl") << "nonsense\n";
  { auto killed = begin_run(temporary.path() / "two" / "lstm-1", "lstm"); }
  Watch watch({temporary.path()});
  CHECK(watch.ended());
  CHECK(run_of(watch, "one/gpt").state == "done");
  CHECK(run_of(watch, "two/bad-1").state == "damaged");
  CHECK_THAT(run_of(watch, "two/bad-1").reason, Catch::Contains("journal.jsonl:1"));
  CHECK(run_of(watch, "two/lstm").state == "interrupted");
  CHECK(watch.summary() == "1 of 3 runs done, 1 interrupted, 1 damaged");
}

}  // namespace etude
