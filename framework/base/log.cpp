#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/dist_sink.h>

#include <base/log.hpp>
#include <base/terminal.hpp>
#include <base/text.hpp>
#include <etude/error.hpp>
#include <mutex>
#include <utility>

namespace etude {
namespace {

/// Standard error. Keeps the live line, if there is one, below all messages.
class ConsoleSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  void show_live(std::string line) {
    const std::lock_guard lock(mutex_);
    live_ = std::move(line);
    put_on_stderr("\r" + drawn());
  }
  void clear_live() {
    const std::lock_guard lock(mutex_);
    if (!live_.empty()) put_on_stderr(erase);
    live_.clear();
  }

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line(message.payload.data(), message.payload.size());
    line += '\n';
    // One write, so that lines of several processes on one terminal do not mix.
    put_on_stderr(live_.empty() ? line : erase + line + drawn());
  }
  void flush_() override {}

 private:
  static constexpr const char* erase = "\r\x1b[K";
  /// One column stays free: a character in the last one makes some terminals start a new line.
  std::string drawn() const { return cut(live_, terminal_size().columns - 1) + "\x1b[K"; }
  std::string live_;
};

/// The one logger: the console, and the log files of runs that are going.
struct Log {
  std::shared_ptr<ConsoleSink> console = std::make_shared<ConsoleSink>();
  std::shared_ptr<spdlog::sinks::dist_sink_mt> files = std::make_shared<spdlog::sinks::dist_sink_mt>();
  spdlog::logger to_files{"files", files};

  Log() {
    to_files.flush_on(spdlog::level::trace);
    to_files.set_error_handler([this](const std::string& reason) {
      // Said once: a full disk would repeat it with every message. What matters of the run is in its journal.
      if (!std::exchange(complained_, true)) write_console("warning: cannot write a log file: " + reason);
    });
  }
  void write(const std::string& line) {
    write_console(line);
    write_files(line);
  }
  void write_console(const std::string& line) { console->log(spdlog::details::log_msg("", spdlog::level::info, line)); }
  void write_files(const std::string& line) { to_files.log(spdlog::level::info, spdlog::string_view_t(line)); }

 private:
  bool complained_ = false;
};

Log& the_log() {
  static auto& log = *new Log;  // messages may still come while the program's statics are destroyed
  return log;
}

/// Lines after the first stand below the text of the first, unless they are indented already.
std::string with_prefix(const std::string& prefix, const std::string& message) {
  std::string result = prefix;
  for (std::size_t i = 0; i < message.size(); ++i) {
    result += message[i];
    if (message[i] == '\n' && i + 1 < message.size() && message[i + 1] != ' ') result.append(prefix.size(), ' ');
  }
  return result;
}

}  // namespace

void log_info(const std::string& message) { the_log().write(message); }
void log_warning(const std::string& message) { the_log().write(with_prefix("warning: ", message)); }
void log_error(const std::string& message) { the_log().write(with_prefix("error: ", message)); }

struct LogFile::Sink {
  std::shared_ptr<spdlog::sinks::basic_file_sink_mt> sink;
};

LogFile::LogFile(const std::filesystem::path& file) {
  try {
    sink_ = std::make_unique<Sink>(Sink{std::make_shared<spdlog::sinks::basic_file_sink_mt>(file.string())});
  } catch (const spdlog::spdlog_ex& error) {
    throw Error(text("cannot write ", file.string(), ": ", error.what()));
  }
  sink_->sink->set_pattern("%Y-%m-%d %H:%M:%S %v");
  the_log().files->add_sink(sink_->sink);
}

LogFile::~LogFile() { the_log().files->remove_sink(sink_->sink); }

Progress::Progress(double interval_seconds) : interval_(interval_seconds), terminal_(stderr_is_terminal()) {}

Progress::~Progress() { the_log().console->clear_live(); }

bool Progress::due() const {
  const auto now = Clock::now();
  return now >= next_plain_ || (terminal_ && now >= next_live_);
}

void Progress::update(const std::string& line) {
  const auto now = Clock::now();
  if (terminal_ && now >= next_live_) {
    the_log().console->show_live(line);
    next_live_ = now + std::chrono::milliseconds(100);
  }
  if (now < next_plain_) return;
  if (terminal_)
    the_log().write_files(line);
  else
    the_log().write(line);
  next_plain_ = now + std::chrono::duration_cast<Clock::duration>(interval_);
}

void Progress::finish(const std::string& line) {
  the_log().console->clear_live();
  the_log().write(line);
}

}  // namespace etude
