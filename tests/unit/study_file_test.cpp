#include <base/files.hpp>
#include <catch.hpp>
#include <cstdlib>
#include <fstream>
#include <record/run_record.hpp>
#include <record/study_file.hpp>
#include <temporary_directory.hpp>
#include <unit/h5py.hpp>

namespace etude {
namespace {

/// Runs a script with h5py on a file; true if it passes.
bool h5py_agrees(const std::filesystem::path& file, const std::string& script) {
  const auto source = file.parent_path() / "check.py";
  std::ofstream(source) << "import h5py, math, sys\nwith h5py.File(sys.argv[1]) as file:\n" << script;
  return std::system(text(std::getenv("ETUDE_TEST_PYTHON"), " '", source.string(), "' '", file.string(), "'").c_str()) == 0;
}

/// Opens a file to be changed, which h5py_agrees() has opened to be read only.
bool h5py_changes(const std::filesystem::path& file, const std::string& script) {
  return h5py_agrees(file, "    pass\nwith h5py.File(sys.argv[1], 'a') as file:\n" + script);
}

/// A study with everything that its file can say.
StudyRecord whole_record() {
  StudyRecord record;
  record.study = "tuned";
  record.runs = {"gpt_high-0123abcd"};
  record.planned = {{"gpt_low", "gpt_low-4567cdef", false}, {"gpt_high", "gpt_high-0123abcd", true}, {"lstm_?", "", true}};
  record.choices = {{"rate", "high", "gpt", "validation_loss", 1.25, true}, {"rate", "", "é", "bits_per_character", 0, false}};
  record.fits = R"({"fits":[]})";
  record.fit_numbers["gpt/chinchilla"]["alpha"] = {0.34, 0.3, 0.4};
  record.fit_numbers["gpt/chinchilla"]["E"] = {1.5, std::nullopt, std::nullopt};
  return record;
}

}  // namespace

TEST_CASE("A study's file gives back what was written") {
  testing::TemporaryDirectory temporary;
  CHECK(read_study_record(temporary.path()).study.empty());
  write_study_record(temporary.path(), whole_record());
  const auto read = read_study_record(temporary.path());
  const auto written = whole_record();
  CHECK(read.study == written.study);
  CHECK(read.runs == written.runs);
  REQUIRE(read.planned.size() == written.planned.size());
  for (std::size_t i = 0; i < read.planned.size(); ++i) {
    CHECK(read.planned[i].label == written.planned[i].label);
    CHECK(read.planned[i].id == written.planned[i].id);
    CHECK(read.planned[i].selected == written.planned[i].selected);
  }
  REQUIRE(read.choices.size() == written.choices.size());
  for (std::size_t i = 0; i < read.choices.size(); ++i) {
    CHECK(read.choices[i].axis == written.choices[i].axis);
    CHECK(read.choices[i].label == written.choices[i].label);
    CHECK(read.choices[i].combination == written.choices[i].combination);
    CHECK(read.choices[i].by == written.choices[i].by);
    CHECK(read.choices[i].value == written.choices[i].value);
    CHECK(read.choices[i].at_edge == written.choices[i].at_edge);
  }
  CHECK(read.fits == written.fits);
  const auto alpha = read.fit_numbers.at("gpt/chinchilla").at("alpha"), E = read.fit_numbers.at("gpt/chinchilla").at("E");
  CHECK(alpha.value == 0.34);
  CHECK(alpha.low == 0.3);
  CHECK(alpha.high == 0.4);
  CHECK(E.value == 1.5);
  CHECK(!E.low);
}

TEST_CASE("What a study's file says is readable by h5py") {
  testing::need_h5py();
  testing::TemporaryDirectory temporary;
  write_study_record(temporary.path(), whole_record());
  CHECK(h5py_agrees(temporary.path() / "study.h5",
                    "    assert list(file['planned/label'].asstr()) == ['gpt_low', 'gpt_high', 'lstm_?']\n"
                    "    assert list(file['planned/id'].asstr()) == ['gpt_low-4567cdef', 'gpt_high-0123abcd', '']\n"
                    "    assert list(file['planned/selected']) == [0, 1, 1]\n"
                    "    assert list(file['choices/label'].asstr()) == ['high', '']\n"
                    "    assert list(file['choices/value'])[0] == 1.25 and list(file['choices/at_edge']) == [1, 0]\n"
                    "    law = file['fits/laws/gpt%2Fchinchilla']\n"
                    "    assert law['alpha/high'][()] == 0.4 and math.isnan(law['E/low'][()])\n"
                    "    assert file['fits/json'].asstr()[()] == '{\"fits\":[]}'\n"));
}

TEST_CASE("A change of one part of a study's file leaves the others") {
  testing::TemporaryDirectory temporary;
  write_study_record(temporary.path(), whole_record());
  update_study_record(temporary.path(), [](StudyRecord& record) { record.planned.clear(); });
  const auto read = read_study_record(temporary.path());
  CHECK(read.planned.empty());
  CHECK(read.choices.size() == 2);
  CHECK(read.fits == whole_record().fits);
}

TEST_CASE("A damaged study's file is an error to a reader and made anew by a writer") {
  testing::TemporaryDirectory temporary;
  write_study_record(temporary.path(), whole_record());
  const auto file = temporary.path() / "study.h5";
  const auto bytes = read_file(file);
  for (const std::size_t size : {std::size_t{0}, std::size_t{100}, bytes.size() / 2}) {
    write_file(file, bytes.substr(0, size));
    CHECK_THROWS_WITH(read_study_record(temporary.path()), Catch::Contains("study.h5 cannot be read"));
  }
  update_study_record(temporary.path(), [](StudyRecord& record) { record.study = "again"; });
  CHECK(read_study_record(temporary.path()).study == "again");
}

TEST_CASE("A study's file of an earlier version has no planned runs") {
  testing::need_h5py();
  testing::TemporaryDirectory temporary;
  write_study_record(temporary.path(), whole_record());
  REQUIRE(h5py_changes(temporary.path() / "study.h5", "    for name in ('planned', 'choices', 'fits'): del file[name]\n"));
  const auto read = read_study_record(temporary.path());
  CHECK(read.study == "tuned");
  CHECK(read.runs == whole_record().runs);
  CHECK(read.planned.empty());
}

TEST_CASE("A study's file of a newer format is refused") {
  testing::need_h5py();
  testing::TemporaryDirectory temporary;
  write_study_record(temporary.path(), whole_record());
  REQUIRE(h5py_changes(temporary.path() / "study.h5", "    file.attrs['format_version'] = 99\n"));
  CHECK_THROWS_WITH(read_study_record(temporary.path()), Catch::Contains("format 99"));
}

TEST_CASE("A study's file shows every run, also after the tree was moved") {
  testing::need_h5py();
  testing::TemporaryDirectory temporary;
  const auto study = temporary.path() / "runs" / "quickstart";
  const std::vector<std::string> ids = {"gpt-tiny-0123abcd", "lstm é-4567cdef"};
  for (const auto& id : ids) {
    std::filesystem::create_directories(study / id);
    RunHeader header;
    header.label = id;
    header.study = "quickstart";
    RunRecord::create(study / id, header).snapshot();
  }
  write_study_record(study, {.study = study.filename().string(), .runs = ids});

  const auto moved = temporary.path() / "elsewhere";
  std::filesystem::rename(study, moved);
  CHECK(h5py_agrees(moved / "study.h5",
                    text("    assert file.attrs['study'] == 'quickstart' and file.attrs['format_version'] == 1\n"
                         "    labels = [run.attrs['label'] for run in file['runs'].values()]\n"
                         "    assert labels == list(file['runs']) == ['",
                         ids[0], "', '", ids[1], "'], labels\n")));
}

}  // namespace etude
