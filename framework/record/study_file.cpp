#include <base/files.hpp>
#include <record/hdf5.hpp>
#include <record/run_record.hpp>
#include <record/snapshot.hpp>
#include <record/study_file.hpp>

namespace etude {

void write_study_record(const std::filesystem::path& study_directory, const StudyRecord& record) {
  hdf5::File study;
  hdf5::Group root = study.root();
  root.set_attribute("format_version", record_format_version);
  root.set_attribute("study", record.study);
  hdf5::Group runs = root.create_group("runs");
  for (const auto& id : record.runs) runs.link_external(hdf5::link_name(id), id + "/" + snapshot_name, "/");
  write_file(study_directory / "study.h5", study.image());
}

}  // namespace etude
