// What became of a MIDI content, remembered in a file of its own.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

namespace dataset_music {

/// What became of one MIDI content.
struct Conversion {
  /// "converted"; "failed" (with midi2abc's own last words); "partial" (it failed, and left a beginning behind); "timed out";
  /// "too large"; "tiny" (less than 200 bytes of ABC); "unreadable" (the MIDI file itself, with the system's reason);
  /// "skipped" (there is no midi2abc). Of a conversion that was told to stop: "stopped", which is not remembered.
  std::string result;
  std::string reason;
  std::uint64_t output_bytes = 0;  ///< that midi2abc left, whatever the result
  std::string abc;                 ///< of what was converted
};

/// A conversion, and the limit that was not enough (milliseconds, bytes) where one was met, else 0.
struct Record {
  Conversion conversion;
  std::uint64_t limit = 0;
};

/// The record in a file's content: a gzip member, whose checksum tells damage, of a line "result TAB limit TAB output bytes TAB
/// reason", then the ABC text. `zcat` shows it.
std::string pack(const Record& record);

/// Nothing if `packed` is no whole record.
std::optional<Record> unpack(const std::string& packed);

/// Nothing if there is no such record, or if it was damaged.
std::optional<Record> read_record(const std::filesystem::path& file);

}  // namespace dataset_music
