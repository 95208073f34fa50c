// A whole study: every run that is wanted and not done yet, and the choices between them.
#pragma once

#include <record/study_file.hpp>
#include <study/run_one.hpp>

namespace etude {

struct StudyOptions {
  std::filesystem::path output;           ///< where studies and packed corpora go
  std::vector<std::string> command_line;  ///< as the runs record it
  std::vector<std::string> only{};        ///< labels, or patterns as of file names ("gpt-*"), of the runs to do; empty: all
  bool retry = false;                     ///< a run that fails is tried once more
  int jobs = 1;                           ///< how many runs go at the same time, above one each in a process of its own
  /// Of such a process: what it is called with, up to --only.
  std::vector<std::string> job_command{};
};

struct StudyOutcome {
  std::filesystem::path directory;                            ///< `<output>/<study>`
  std::vector<std::filesystem::path> runs;                    ///< those that count and are there, in the study's order
  std::vector<std::filesystem::path> tried;                   ///< those that were only tried to choose a point of an axis
  std::vector<std::pair<std::string, std::string>> failures;  ///< label and what happened
  /// The same of runs that were only tried: the choice was made among the others.
  std::vector<std::pair<std::string, std::string>> passed_over;
  std::vector<ChosenPoint> choices;
  int trained = 0, already_done = 0;
  int left_out = 0;  ///< wanted, but not named by `only`
};

/// Runs what is missing and goes on after a run that fails. Where points of axes are to be chosen (select), the runs that are
/// tried for it come first, then the choice, then what depends on it. study.h5 says at every moment which runs are planned, which
/// are there, and what was chosen.
/// @throws Error (usage) if `only` names no run
/// @throws Error with Fault::interrupted on Ctrl-C, after each run under way has written its checkpoint
StudyOutcome run_study(const Study& study, const Catalogue& catalogue, const StudyOptions& options);

/// One run of a study, as one of `jobs` processes that go side by side; what belongs to the study as a whole is left to the one
/// that started them.
/// @throws Error as the run does
void run_job(const Study& study, const Catalogue& catalogue, const StudyOptions& options, const std::string& label, int jobs);

}  // namespace etude
