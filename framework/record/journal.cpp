#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <record/events.hpp>
#include <record/journal.hpp>

namespace etude {
namespace {

/// Calls `visit(line with its newline, event)` for each whole line, having applied it to `data`.
void read_lines(const std::filesystem::path& file, RunData& data, const auto& visit) {
  const std::string content = read_file(file);
  std::string_view rest = content;
  for (int number = 1;; ++number) {
    const auto end = rest.find('\n');
    if (end == std::string_view::npos) {
      if (number == 1)
        throw Error(text(file.string(), " holds no run: its first line is not there"),
                    "where there is a run.h5 beside it, move the journal away, and that is read; else move the folder away");
      return;
    }
    const std::string_view line = rest.substr(0, end + 1);
    const Event event = apply_event(line, text(file.string(), ":", number), data);
    if ((number == 1) != (event.kind == "header"))
      throw Error(text(file.string(), ":", number, ": damaged journal: the header must be its first line and no other"));
    visit(line, event);
    rest.remove_prefix(end + 1);
  }
}

std::string lines_where(const std::filesystem::path& file, const auto& wanted) {
  std::string kept;
  RunData ignored;
  read_lines(file, ignored, [&](std::string_view line, const Event& event) {
    if (wanted(event)) kept += line;
  });
  return kept;
}

}  // namespace

Journal read_journal(const std::filesystem::path& file) {
  Journal journal;
  read_lines(file, journal.data,
             [&](std::string_view line, const Event&) { journal.bytes += static_cast<std::int64_t>(line.size()); });
  return journal;
}

std::string lines_until(const std::filesystem::path& file, std::int64_t step) {
  return lines_where(file, [step](const Event& event) { return event.step <= step; });
}

std::string rows_until(const std::filesystem::path& file, std::int64_t step) {
  return lines_where(file, [step](const Event& event) {
    return event.step <= step && (event.kind == "train" || event.kind == "validation" || event.kind == "sample");
  });
}

JournalWriter::JournalWriter(std::filesystem::path file)
    : file_(std::move(file)), descriptor_(::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC)) {
  if (descriptor_.get() < 0) throw file_error("cannot write", file_, errno);
  bytes_ = ::lseek(descriptor_.get(), 0, SEEK_END);
}

void JournalWriter::append(std::string_view line) {
  try {
    descriptor_.write(line, file_);
  } catch (const Error&) {
    // What was written of the line would damage the journal once there is room for the next.
    if (::ftruncate(descriptor_.get(), bytes_) != 0) throw file_error("cannot take back a line of", file_, errno);
    throw;
  }
  bytes_ += static_cast<std::int64_t>(line.size());
}

void JournalWriter::sync() {
  if (::fsync(descriptor_.get()) != 0) throw file_error("cannot write", file_, errno);
}

}  // namespace etude
