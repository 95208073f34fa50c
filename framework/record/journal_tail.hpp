// The end of a journal: how far a run is, without reading all of it.
#pragma once

#include <filesystem>
#include <optional>
#include <record/run_record.hpp>
#include <string>

namespace etude {

struct JournalTail {
  /// As RunData::state: "running", "interrupted", "failed", "done"; empty where there is no journal yet.
  std::string state;
  std::string reason;             ///< of a failure or interruption
  std::optional<TrainRow> train;  ///< the last logged step
};

/// Reads the journal backwards to its last step, so that the cost does not grow with the length of the run. A line that another
/// process is writing at this moment is passed over, and so are damaged ones.
/// @throws Error if the journal is there and cannot be read
JournalTail journal_tail(const std::filesystem::path& run_directory);

}  // namespace etude
