#include "converter.hpp"

#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <etude/error.hpp>
#include <etude/process.hpp>
#include <etude/unicode.hpp>
#include <fstream>
#include <sstream>
#include <system_error>

#include "digest.hpp"

namespace dataset_music {
namespace {

namespace fs = std::filesystem;
using etude::Error;
using etude::ProcessLimits;
using etude::ProcessResult;
using etude::run_process;
using etude::text;

constexpr std::uintmax_t smallest_output = 200;

bool is_program(const fs::path& file) {
  std::error_code error;
  return fs::is_regular_file(file, error) && access(file.c_str(), X_OK) == 0;
}

/// The last line that says something, as one line of valid UTF-8.
std::string last_words(const std::string& output) {
  std::istringstream lines(output);
  std::string last;
  for (std::string line; std::getline(lines, line);)
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  std::string clean;
  etude::for_each_code_point(std::string_view(last).substr(0, 300), [&](const etude::CodePoint& point, std::size_t) {
    etude::append_utf8(clean, !point.valid ? etude::replacement_character : point.value < 0x20 ? U' ' : point.value);
  });
  const auto end = clean.find_last_not_of(' ');
  return clean.substr(0, end == std::string::npos ? 0 : end + 1);
}

std::string version_of(const fs::path& program, const fs::path& directory) {
  const ProcessResult answer = run_process(program, {"-ver"}, directory, {.seconds = 10}, {});
  const std::string words = answer.ok() ? last_words(answer.output) : "";
  return words.empty() ? "sha256 " + sha256_of_file(program) : words;
}

std::string short_number(double number) {
  std::ostringstream out;
  out << number;
  return out.str();
}

Conversion judge(const ProcessResult& process, const ConverterSettings& settings, std::uintmax_t output_bytes) {
  const std::string words = last_words(process.output);
  if (process.end == ProcessResult::End::timed_out)
    return {"timed out", "after " + short_number(settings.timeout_seconds) + " s", {}};
  if ((process.end == ProcessResult::End::signalled && process.code == SIGXFSZ) || output_bytes >= settings.max_output_bytes)
    return {"too large", text("more than ", settings.max_output_bytes, " bytes of ABC"), {}};
  if (!process.ok()) {
    std::string reason = words;
    if (reason.empty())
      reason = process.end == ProcessResult::End::signalled ? text("killed by signal ", process.code)
                                                            : text("exit status ", process.code);
    return {output_bytes > 0 ? "partial" : "failed", reason, {}};
  }
  if (output_bytes == 0) return {"failed", words.empty() ? "no output" : words, {}};
  if (output_bytes < smallest_output) return {"tiny", text(output_bytes, " bytes of ABC"), {}};
  return {"converted", "", {}};
}

std::uint64_t limit_behind(const Conversion& conversion, const ConverterSettings& settings) {
  if (conversion.result == "timed out") return static_cast<std::uint64_t>(settings.timeout_seconds * 1000);
  if (conversion.result == "too large") return settings.max_output_bytes;
  return 0;
}

/// Whether the record's result would be the same under these limits.
bool holds_under(const Record& record, const ConverterSettings& settings) {
  if (record.conversion.result == "converted") return record.abc.size() < settings.max_output_bytes;
  return record.number >= limit_behind(record.conversion, settings);
}

void remove_leftovers(const fs::path& cache) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(cache, error)) {
    const std::string name = entry.path().filename().string();
    if (!name.starts_with("work.")) continue;
    const long process = std::atol(name.c_str() + 5);
    if (process > 0 && kill(static_cast<pid_t>(process), 0) != 0 && errno == ESRCH) fs::remove_all(entry.path(), error);
  }
}

}  // namespace

fs::path find_midi2abc(const fs::path& wanted) {
  if (!wanted.empty()) {
    if (is_program(wanted)) return fs::absolute(wanted);
    throw etude::usage_error(text("dataset.midi2abc is ", wanted.string(), ", which is not a program"),
                             "leave it out to use the midi2abc on PATH (Debian: apt-get install abcmidi)");
  }
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (!folder.empty() && is_program(fs::path(folder) / "midi2abc")) return fs::absolute(fs::path(folder) / "midi2abc");
  return {};
}

Converter::Converter(fs::path program, const ConverterSettings& settings, const fs::path& cache_directory)
    : program_(std::move(program)), settings_(settings) {
  remove_leftovers(cache_directory);
  // Unique in this process too: tests and studies may use several converters at once.
  work_ = cache_directory / text("work.", getpid(), '.', this);
  fs::create_directories(work_);
  version_ = version_of(program_, work_);
  cache_ = cache_directory / ("midi2abc-" + sha256(version_).substr(0, 12));
}

Converter::~Converter() {
  std::error_code ignored;
  fs::remove_all(work_, ignored);
}

fs::path Converter::make_work_directory() {
  std::int64_t number = 0;
  {
    const std::scoped_lock lock(mutex_);
    number = next_work_++;
  }
  fs::path directory = work_ / std::to_string(number);
  fs::create_directories(directory);
  return directory;
}

void Converter::wait_for_turn(const std::string& content) {
  std::unique_lock lock(mutex_);
  turn_ended_.wait(lock, [&] { return !under_way_.contains(content); });
  under_way_.insert(content);
}

void Converter::end_turn(const std::string& content) {
  const std::scoped_lock lock(mutex_);
  under_way_.erase(content);
  turn_ended_.notify_all();
}

Conversion Converter::convert(const fs::path& midi, const std::stop_token& stop) {
  std::string bytes;
  try {
    bytes = read_file(midi);
  } catch (const std::system_error& error) {
    return {"unreadable", error.code().message(), {}};
  }
  const std::string content = sha256(bytes);
  const fs::path record_file = cache_ / content.substr(0, 2) / content;

  // The same content twice is converted once: the second thread waits and finds the record.
  wait_for_turn(content);
  struct Turn {
    Converter& converter;
    const std::string& content;
    ~Turn() { converter.end_turn(content); }
  } const turn{*this, content};
  if (auto record = read_record(record_file); record && holds_under(*record, settings_)) return record->conversion;
  return run(bytes, record_file, stop);
}

Conversion Converter::run(const std::string& midi, const fs::path& record, const std::stop_token& stop) {
  const fs::path directory = make_work_directory();
  // midi2abc writes its input's path into T:, so that path is always the same.
  {
    std::ofstream out(directory / "input.mid", std::ios::binary);
    out << midi;
    out.close();
    if (!out)
      throw Error(text("cannot write ", (directory / "input.mid").string(), ": ", std::strerror(errno)), "is the disk full?");
  }
  const ProcessLimits limits{.seconds = settings_.timeout_seconds, .file_bytes = settings_.max_output_bytes};
  const ProcessResult process = run_process(program_, {"input.mid", "-o", "output.abc"}, directory, limits, stop);
  if (process.end == ProcessResult::End::stopped) return {"stopped", "", {}};

  std::error_code error;
  const std::uintmax_t size = fs::file_size(directory / "output.abc", error);
  Record outcome;
  outcome.conversion = judge(process, settings_, error ? 0 : size);
  outcome.number = limit_behind(outcome.conversion, settings_);
  if (outcome.conversion.result == "converted") {
    outcome.abc = read_file(directory / "output.abc");
    outcome.number = outcome.abc.size();
  }
  write_record(record, directory / "record", outcome);
  outcome.conversion.cached = record;
  fs::remove_all(directory, error);
  return outcome.conversion;
}

std::string Converter::text_of(const Conversion& conversion) {
  auto record = read_record(conversion.cached);
  if (!record || record->conversion.result != "converted")
    throw Error(text(conversion.cached.string(), " was damaged or removed while the corpus was being read"),
                "start again: the file is converted anew");
  return std::move(record->abc);
}

}  // namespace dataset_music
