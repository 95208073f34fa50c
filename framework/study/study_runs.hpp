// The runs of a study on the disk.
#pragma once

#include <filesystem>
#include <record/run_record.hpp>
#include <record/study_file.hpp>
#include <vector>

namespace etude {

/// What study.h5 says; nothing where there is none, and with a warning where it cannot be read: then every run counts.
StudyRecord study_record_if_readable(const std::filesystem::path& study_directory);

/// The directories of the runs that count, in the study's order: those that exist, without those that were only tried to choose a
/// point of an axis. While a choice is still open, all that were tried for it count. Where study.h5 does not say which runs the
/// study has (it is of an earlier version, damaged or not there): every run in the directory.
/// @throws Error (usage) if there is no run at all
std::vector<std::filesystem::path> selected_runs(const std::filesystem::path& study_directory);

/// True if other runs of the study went on at the same time (--jobs): then tokens a second and times say little, and do not
/// compare with those of other runs.
bool ran_beside_others(const RunData& data);

}  // namespace etude
