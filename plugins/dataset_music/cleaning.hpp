// The text-cleaning profiles of the study.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dataset_music {

/// The profile of the scaling study: lines stripped, blank lines, comments and all header fields but X: M: L: K: V: P: dropped.
/// Faithful to its quirk that any line whose second character is ':' counts as a field, so that music which opens with "|:" goes.
/// Lines end where Python's splitlines() ends them, white space is Unicode's, undecodable bytes are dropped.
/// @return  the lines joined with "\n", no newline at the end; nothing if fewer than 50 characters are left
std::optional<std::string> clean_phase1(std::string_view raw);

inline constexpr const char* phase1_drop_reason = "fewer than 50 characters after cleaning";

}  // namespace dataset_music
