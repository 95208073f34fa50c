// A study while it goes on, seen from outside: what `etude compare --watch` shows.
#pragma once

#include <base/table.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <record/journal_follower.hpp>
#include <record/study_file.hpp>
#include <string>
#include <vector>

namespace etude {

/// One run, whether it has begun or not.
struct WatchedRun {
  std::string name;   ///< its label; with its study where several are watched
  std::string state;  ///< "planned", "running", "interrupted", "failed", "done", or "damaged"
  std::string reason;
  std::int64_t step = 0, steps = 0;  ///< so far, and in all
  std::optional<double> tokens;
  std::optional<double> loss;             ///< nats a token, mean over the last logged steps
  std::optional<double> validation_loss;  ///< the last one
  std::int64_t validation_step = 0;
  std::optional<double> tokens_per_second;  ///< of the last logged steps
  std::optional<double> seconds_so_far, seconds_left;
};

/// Follows the runs of studies through their journals and study.h5, and changes nothing.
class Watch {
 public:
  /// @param paths  runs, studies or folders of studies, as for find_runs(); a study that goes on need not have a run yet
  /// @throws Error (usage) if a path is no directory, or has no run and no study that goes on
  explicit Watch(std::vector<std::filesystem::path> paths);

  /// Looks again.
  void update();
  const std::vector<WatchedRun>& runs() const { return runs_; }
  /// True if nothing that is watched was going on when update() began to look.
  bool ended() const { return ended_; }

  /// "3 of 8 runs done, 1 running, 1 failed; about 12 m left".
  std::string summary() const;
  /// The table with at most `rows` runs: those that have ended first make room for those that have not.
  std::string table(std::size_t rows) const;
  /// A line for each thing that has happened since the last call: a run began, was validated, ended.
  std::vector<std::string> news();
  /// A line for each run that goes on: how far it is.
  std::vector<std::string> progress() const;

 private:
  struct Told {
    std::string state;
    std::int64_t validation_step = 0;
  };
  void look_at_study(const std::filesystem::path& directory);
  void look_at_run(const std::filesystem::path& directory);
  std::optional<double> seconds_left() const;

  std::vector<std::filesystem::path> paths_;
  std::map<std::filesystem::path, JournalFollower> followers_;
  std::map<std::string, Told> told_;  // by the run's name
  std::vector<WatchedRun> runs_;
  bool ended_ = false;
};

}  // namespace etude
