#include <base/files.hpp>
#include <base/system.hpp>
#include <catch.hpp>
#include <record/study_file.hpp>
#include <study/jobs.hpp>
#include <study/study_runs.hpp>
#include <temporary_directory.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

void make_run(const fs::path& directory) {
  fs::create_directories(directory);
  RunHeader header;
  header.label = directory.filename().string();
  header.study = "study";
  RunRecord::create(directory, header);
}

/// The names of the runs that count.
std::vector<std::string> names(const fs::path& study) {
  std::vector<std::string> result;
  for (const auto& run : selected_runs(study)) result.push_back(run.filename().string());
  return result;
}

}  // namespace

TEST_CASE("The runs that count are those selected that are there, in the study's order") {
  testing::TemporaryDirectory temporary;
  const auto& study = temporary.path();
  for (const char* id : {"z-chosen", "b-tried", "a-chosen", "of-an-earlier-study"}) make_run(study / id);
  StudyRecord record;
  record.planned = {
      {"z", "z-chosen", true}, {"b", "b-tried", false}, {"c", "c-not-there", true}, {"d_?", "", true}, {"a", "a-chosen", true}};
  write_study_record(study, record);
  CHECK(names(study) == std::vector<std::string>{"z-chosen", "a-chosen"});
}

TEST_CASE("Every run counts where a study does not say which it has") {
  testing::TemporaryDirectory temporary;
  const auto& study = temporary.path();
  make_run(study / "one");
  make_run(study / "two");
  const std::vector<std::string> both{"one", "two"};
  CHECK(names(study) == both);
  write_study_record(study, {.study = "of an earlier version", .runs = both});
  CHECK(names(study) == both);
  write_file(study / "study.h5", "damaged");
  CHECK(names(study) == both);
}

TEST_CASE("A study without a run that counts is an error") {
  testing::TemporaryDirectory temporary;
  CHECK_THROWS_AS(selected_runs(temporary.path()), Error);
  make_run(temporary.path() / "tried");
  StudyRecord record;
  record.planned = {{"tried", "tried", false}};
  write_study_record(temporary.path(), record);
  CHECK_THROWS_WITH(selected_runs(temporary.path()), Catch::Contains("there are no runs"));
}

TEST_CASE("A run went beside others if any part of it did") {
  RunData data;
  CHECK(!ran_beside_others(data));  // recorded before runs could
  data.header.provenance = {{"threads", "2"}, {"jobs", "1"}};
  CHECK(!ran_beside_others(data));
  data.resumes = {{10, {{"jobs", "1"}}}, {20, {{"jobs", "3"}}}};
  CHECK(ran_beside_others(data));
  data.resumes.clear();
  data.header.provenance = {{"jobs", "2"}};
  CHECK(ran_beside_others(data));
}

TEST_CASE("Runs side by side share the processors, and none takes more threads than it asks for") {
  TrainingOptions training;
  const int all = cpu_count();
  for (const int jobs : {1, 2, all, 2 * all}) {
    training.threads = 0;
    const int share = threads_of_job(training, jobs);
    CHECK(share >= 1);
    CHECK((share == 1 || share * jobs <= all));
    CHECK((share + 1) * jobs > all);  // nothing is left that all could have
    training.threads = 1;
    CHECK(threads_of_job(training, jobs) == 1);
    training.threads = 1000;
    CHECK(threads_of_job(training, jobs) == share);
  }
}

}  // namespace etude
