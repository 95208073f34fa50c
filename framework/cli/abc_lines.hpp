// ABC texts in JSON lines, and what becomes of each in JSON lines.
#pragma once

#include <corpus/streams.hpp>
#include <etude/music/abc.hpp>

namespace etude {

/// The longest text that `etude abc` takes, in bytes: more than any book of tunes, and what a machine's memory bears as a score.
inline constexpr std::size_t longest_abc = std::size_t{64} << 20;

struct JudgedLines {
  std::int64_t texts = 0;
  std::int64_t unusable = 0;  ///< lines that hold no text
};

/// Judges the texts of lines {"id": ..., "text": ...} and writes a line for each, in order:
/// {"id", "parse", "parse_error", "midi", "midi_error", "n_notes"}, errors and n_notes null where there is none. A number as id
/// comes back as it was written, however long. Empty lines are passed over. A line that holds no text gets an answer too: nothing
/// parses, and the error names the file and the line. Answers to all that has arrived are written and flushed before more is
/// awaited; memory holds one line.
/// @param notes  also "notes", the sorted list of [onset tick, pitch, duration tick]; null without MIDI
/// @param told   called with what is wrong with a line
JudgedLines judge_lines(InputStream& lines, music::Reading reading, bool notes, std::ostream& answers,
                        const std::function<void(const std::string&)>& told);

}  // namespace etude
