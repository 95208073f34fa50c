// A journal that grows while it is read.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <record/run_record.hpp>
#include <string>

namespace etude {

/// Reads what another process has added to a run's journal since the last time, and no more than that.
class JournalFollower {
 public:
  explicit JournalFollower(std::filesystem::path run_directory) : directory_(std::move(run_directory)) {}

  /// Reads the whole lines that are new; after a resume, which writes the journal anew, all of them. A run without a journal is
  /// read from its run.h5.
  /// @return true if there was something new
  /// @throws Error naming the damaged line
  bool update();

  /// The run as far as it was read.
  const RunData& data() const { return data_; }
  /// As RunData::state; "interrupted" if the run stopped without saying so.
  std::string state() const { return data_.state == "running" && !going_ ? "interrupted" : data_.state; }

 private:
  std::filesystem::path directory_;
  RunData data_;
  ino_t file_ = 0;  // a journal that was replaced is another file
  off_t bytes_ = 0;
  bool going_ = false;  // some process holds the run
  int lines_ = 0;
};

}  // namespace etude
