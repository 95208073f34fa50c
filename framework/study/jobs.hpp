// Runs of a study side by side, each in a process of its own, so that one that fails, or is killed, takes no other with it.
#pragma once

#include <config/experiment.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace etude {

struct Job {
  std::string label;
  TrainingOptions training;
  std::optional<std::size_t> after{};  ///< another job, an index below this one's, which must have ended before
};

struct JobOptions {
  std::vector<std::string> command;  ///< "run", the experiment, options; "--only <label>" and the like follow
  int at_once = 1;
  std::filesystem::path study;  ///< its directory, where the runs are watched
};

/// Threads of one of so many runs that go at the same time: the processors divided, and never more than the run asks for.
int threads_of_job(const TrainingOptions& training, int at_once);

/// Runs all jobs, as many at once as wanted, and shows how far they are. What they warn of is passed on with their label.
/// @param finished  called in this thread when a job has ended: its index, and the reason if it failed
/// @throws Error with Fault::interrupted on Ctrl-C, when all that were under way have ended with their checkpoints written
void run_jobs(const std::vector<Job>& jobs, const JobOptions& options,
              const std::function<void(std::size_t, const std::optional<std::string>&)>& finished);

}  // namespace etude
