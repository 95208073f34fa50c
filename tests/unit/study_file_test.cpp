#include <catch.hpp>
#include <cstdlib>
#include <fstream>
#include <record/run_record.hpp>
#include <record/study_file.hpp>
#include <temporary_directory.hpp>

namespace etude {

TEST_CASE("A study's file shows every run, also after the tree was moved") {
  const std::string python = std::getenv("ETUDE_TEST_PYTHON");
  if (std::system((python + " -c 'import h5py' 2> /dev/null").c_str()) != 0)
    SKIP("no Python with h5py (tools/setup --tests makes one)");
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
  const auto script = temporary.path() / "check.py";
  std::ofstream(script) << "import h5py, sys\n"
                           "with h5py.File(sys.argv[1]) as file:\n"
                           "    assert file.attrs['study'] == 'quickstart' and file.attrs['format_version'] == 1\n"
                           "    labels = [run.attrs['label'] for run in file['runs'].values()]\n"
                           "    assert labels == list(file['runs']) == sys.argv[2:], labels\n";
  const std::string command =
      text(python, " '", script.string(), "' '", (moved / "study.h5").string(), "' '", ids[0], "' '", ids[1], "'");
  CHECK(std::system(command.c_str()) == 0);
}

}  // namespace etude
