// What became of a MIDI file, remembered in a file of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace dataset_music {

/// What became of one MIDI file.
struct Conversion {
  /// "converted"; "failed" (with midi2abc's own last words); "partial" (it failed, and left a beginning behind); "timed out";
  /// "too large"; "tiny" (less than 200 bytes of ABC); "unreadable" (the MIDI file itself, with the system's reason).
  std::string result;
  std::string reason;
  std::filesystem::path cached;  ///< the record, where there is one; it has the text of what was converted
};

/// A record is a line "result TAB number TAB reason", then the ABC text. The number is the text's length where it was converted,
/// else the limit that was not enough (seconds, bytes) or 0.
struct Record {
  Conversion conversion;
  std::uint64_t number = 0;
  std::string abc;
};

/// Nothing if there is no such record, or if a crash cut it short.
std::optional<Record> read_record(const std::filesystem::path& file);

/// Replaces `file` as a whole: writes `beside` (on the same disk) and renames it. @throws Error naming the file
void write_record(const std::filesystem::path& file, const std::filesystem::path& beside, const Record& record);

}  // namespace dataset_music
