// A whole study: every run that is not done yet, one after another.
#pragma once

#include <study/run_one.hpp>

namespace etude {

struct StudyOutcome {
  std::filesystem::path directory;                            ///< `<output>/<study>`
  std::vector<std::filesystem::path> runs;                    ///< of every variant, in the study's order, also those that failed
  std::vector<std::pair<std::string, std::string>> failures;  ///< label and what happened
  int trained = 0, already_done = 0;
};

/// Runs what is missing and goes on after a run that fails.
/// @param output  where studies and packed corpora go
/// @throws Error with Fault::interrupted on Ctrl-C, after the run has written its checkpoint
StudyOutcome run_study(const Study& study, const Catalogue& catalogue, const std::filesystem::path& output,
                       const std::vector<std::string>& command_line);

}  // namespace etude
