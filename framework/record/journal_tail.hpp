// The end of a journal: what became of a run, without reading all of it.
#pragma once

#include <filesystem>
#include <string>

namespace etude {

/// As RunData::state: "running", "interrupted", "failed", "done"; empty where there is no journal. Reads no more than the last
/// line: the cost does not grow with the length of the run. A line without its end, which a kill leaves behind, is passed over.
/// @throws Error if the journal is there and cannot be read
std::string last_state(const std::filesystem::path& run_directory);

}  // namespace etude
