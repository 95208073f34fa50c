// The events of a journal: each one JSON object on one line, and what it changes in the record of the run.
#pragma once

#include <cstdint>
#include <record/run_record.hpp>
#include <string>
#include <string_view>

namespace etude {

std::string header_event(const RunHeader& header);
std::string train_event(const TrainRow& row);
/// @param before  the windows recorded last: of `windows`, the columns that are as before are left out
std::string validation_event(const ValidationRow& row, const WindowTable& windows, const WindowTable& before);
std::string sample_event(const Sample& sample);
std::string metric_event(std::int64_t step, const std::string& metric, const MetricResult& result);
std::string state_event(std::int64_t step, const std::string& state, const std::string& reason);
std::string resume_event(const Resume& resume);
std::string branch_event(std::int64_t step, const std::string& parent);

/// What a line was: its kind, and the step that it belongs to (0 for the header).
struct Event {
  std::string kind;
  std::int64_t step = 0;
};

/// Adds one event to `data`. Kinds and members that this version does not know are passed over.
/// @param where  "journal.jsonl:17", for messages
/// @throws Error if the line is not such an event, or the journal is of a newer format
Event apply_event(std::string_view line, const std::string& where, RunData& data);

}  // namespace etude
