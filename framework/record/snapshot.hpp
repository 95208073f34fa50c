// run.h5: the record of a run as HDF5, made from the journal.
#pragma once

#include <record/run_record.hpp>

namespace etude {

inline constexpr const char* snapshot_name = "run.h5";

/// @param journal_bytes  how much of the journal `data` stands for; recorded, so that a later reader knows whether the file is up
/// to date
void write_snapshot(const std::filesystem::path& file, const RunData& data, std::int64_t journal_bytes);

/// @throws Error if the file is not such a record, or of a newer format
RunData read_snapshot(const std::filesystem::path& file);

/// True if the file stands for that much of the journal of a run that has stopped; false if it does not, or cannot be read.
bool snapshot_is_current(const std::filesystem::path& file, std::int64_t journal_bytes);

}  // namespace etude
