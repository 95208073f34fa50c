// study.h5: which runs a study has, which of them count, and what was fitted to them. See README.md in this folder.
#pragma once

#include <etude/metric.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace etude {

/// One run that the study asks for, whether it exists by now or not.
struct PlannedRun {
  std::string label;
  std::string id{};      ///< empty: not known yet, since its corpus is not prepared or its point is not chosen
  bool selected = true;  ///< false: tried only to choose a point of an axis (select), and not chosen
};

/// What was chosen for one combination of the other axes.
struct ChosenPoint {
  std::string axis, label;  ///< "rate", "3e-3"
  std::string combination;  ///< the labels of the other axes, joined by a space
  std::string by;           ///< "validation_loss"
  double value = 0;         ///< of the point chosen, mean over seeds
  bool at_edge = false;     ///< the least or the greatest number of the grid: a better one may lie beyond
};

struct StudyRecord {
  std::string study;
  std::vector<std::string> runs;      ///< ids of the runs that have a run.h5: linked under /runs
  std::vector<PlannedRun> planned{};  ///< in the study's order
  std::vector<ChosenPoint> choices{};
  std::string fits{};  ///< the JSON of `etude fit`, empty before the first
  /// The numbers of it for readers of HDF5: "gpt/chinchilla" -> "alpha" -> value with interval.
  std::map<std::string, std::map<std::string, Scalar>> fit_numbers{};
};

/// Writes study.h5 whole: beside, synced, renamed. Links are relative: the tree may be moved.
void write_study_record(const std::filesystem::path& study_directory, const StudyRecord& record);

/// An empty record where there is no study.h5. A study of an earlier version has no planned runs.
/// @throws Error if the file is damaged, or of a newer format
StudyRecord read_study_record(const std::filesystem::path& study_directory);

/// Reads study.h5, lets `change` change what it says, and writes it: whoever knows one part of it keeps the others. A file that
/// cannot be read is told in a warning and made anew.
/// @throws Error as write_study_record() does
void update_study_record(const std::filesystem::path& study_directory, const std::function<void(StudyRecord&)>& change);

}  // namespace etude
