// journal.jsonl as a file: appended line by line while a run goes, read whole.
#pragma once

#include <base/files.hpp>
#include <record/run_record.hpp>
#include <string>
#include <string_view>

namespace etude {

inline constexpr const char* journal_name = "journal.jsonl";

/// What a journal says, and how many bytes its whole lines take.
struct Journal {
  RunData data;
  std::int64_t bytes = 0;
};

/// A last line without its end, which a kill leaves behind, is passed over.
/// @throws Error naming file and line if a line is damaged, or the first is not the header
Journal read_journal(const std::filesystem::path& file);

/// The lines of the journal that belong to steps up to `step`, as they stand.
std::string lines_until(const std::filesystem::path& file, std::int64_t step);
/// Of these the rows of training and validation and the samples: what another run that was the same run until then has as well.
std::string rows_until(const std::filesystem::path& file, std::int64_t step);

/// Appends to a journal that exists.
class JournalWriter {
 public:
  /// @throws Error if the file cannot be opened
  explicit JournalWriter(std::filesystem::path file);
  /// Hands one line to the system, which keeps it if this process is killed.
  /// @throws Error if it cannot be written whole; then nothing of it stays in the file
  void append(std::string_view line);
  /// Brings everything to the disk, where it also survives the machine's end.
  void sync();
  std::int64_t bytes() const { return bytes_; }

 private:
  std::filesystem::path file_;
  FileDescriptor descriptor_;
  std::int64_t bytes_ = 0;
};

}  // namespace etude
