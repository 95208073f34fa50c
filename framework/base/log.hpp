// Messages for people, on standard error and in a run's log.txt. The only place that knows spdlog and fmt.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace etude {

void log_info(const std::string& message);
void log_warning(const std::string& message);
void log_error(const std::string& message);

/// Copies every message to `file` while it lives (a run's log.txt), appending, each with the time.
class LogFile {
 public:
  /// @throws Error if the file cannot be opened
  explicit LogFile(const std::filesystem::path& file);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

 private:
  struct Sink;
  std::unique_ptr<Sink> sink_;
};

/// How far a piece of work is: one live line on a terminal, elsewhere plain lines, at most one in `interval_seconds` (and the
/// last). Messages logged meanwhile appear above the live line. One at a time.
class Progress {
 public:
  explicit Progress(double interval_seconds = 10.0);
  /// Takes the live line away if finish() was not called.
  ~Progress();
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  /// True when update() would show something now: lets callers skip the making of the text.
  bool due() const;
  void update(const std::string& line);
  /// Shows `line` for good and ends the live line.
  void finish(const std::string& line);

 private:
  using Clock = std::chrono::steady_clock;
  std::chrono::duration<double> interval_;
  bool terminal_;
  Clock::time_point next_live_{}, next_plain_{};
};

}  // namespace etude
