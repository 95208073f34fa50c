#include "converter.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <etude/error.hpp>
#include <etude/process.hpp>
#include <etude/unicode.hpp>
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

/// The last line that says something, as one line of valid UTF-8.
std::string last_words(const ProcessResult& process) {
  const std::string last = process.last_line();
  std::string clean;
  etude::for_each_code_point(std::string_view(last).substr(0, 300), [&](const etude::CodePoint& point, std::size_t) {
    etude::append_utf8(clean, !point.valid ? etude::replacement_character : point.value < 0x20 ? U' ' : point.value);
  });
  const auto end = clean.find_last_not_of(' ');
  return clean.substr(0, end == std::string::npos ? 0 : end + 1);
}

std::string version_of(const fs::path& program, const fs::path& directory) {
  const ProcessResult answer = run_process(program, {"-ver"}, directory, {.seconds = 10}, {});
  const std::string words = answer.ok() ? last_words(answer) : "";
  return words.empty() ? "sha256 " + sha256_of_file(program) : words;
}

std::string short_number(double number) {
  std::ostringstream out;
  out << number;
  return out.str();
}

Conversion judge(const ProcessResult& process, const ConverterSettings& settings, std::uintmax_t output_bytes) {
  const auto verdict = [&](const char* result, std::string reason) {
    return Conversion{result, std::move(reason), output_bytes, {}};
  };
  const std::string words = last_words(process);
  if (process.end == ProcessResult::End::timed_out)
    return verdict("timed out", "after " + short_number(settings.timeout_seconds) + " s");
  if ((process.end == ProcessResult::End::signalled && process.code == SIGXFSZ) || output_bytes >= settings.max_output_bytes)
    return verdict("too large", text("more than ", settings.max_output_bytes, " bytes of ABC"));
  if (!process.ok()) {
    std::string reason = words;
    if (reason.empty())
      reason = process.end == ProcessResult::End::signalled ? text("killed by signal ", process.code)
                                                            : text("exit status ", process.code);
    return verdict(output_bytes > 0 ? "partial" : "failed", reason);
  }
  if (output_bytes == 0) return verdict("failed", words.empty() ? "no output" : words);
  if (output_bytes < smallest_output) return verdict("tiny", text(output_bytes, " bytes of ABC"));
  return verdict("converted", "");
}

std::uint64_t limit_behind(const Conversion& conversion, const ConverterSettings& settings) {
  if (conversion.result == "timed out") return static_cast<std::uint64_t>(settings.timeout_seconds * 1000);
  if (conversion.result == "too large") return settings.max_output_bytes;
  return 0;
}

/// Whether the record's result would be the same under these limits.
bool holds_under(const Record& record, const ConverterSettings& settings) {
  if (record.conversion.result != "too large" && record.conversion.output_bytes >= settings.max_output_bytes) return false;
  return record.limit >= limit_behind(record.conversion, settings);
}

}  // namespace

fs::path find_midi2abc(const fs::path& wanted) {
  if (!wanted.empty()) {
    if (etude::is_program(wanted)) return fs::absolute(wanted);
    throw etude::usage_error(text("dataset.midi2abc is ", wanted.string(), ", which is not a program"),
                             "leave it out to use the midi2abc on PATH (Debian: apt-get install abcmidi)");
  }
  return etude::find_program("midi2abc");
}

/// While it lives, no other thread converts the same content.
class Converter::Turn {
 public:
  Turn(Converter& converter, const std::string& content) : converter_(converter), content_(content) {
    std::unique_lock lock(converter_.mutex_);
    converter_.turn_ended_.wait(lock, [&] { return !converter_.under_way_.contains(content_); });
    converter_.under_way_.insert(content_);
  }
  ~Turn() {
    const std::scoped_lock lock(converter_.mutex_);
    converter_.under_way_.erase(content_);
    converter_.turn_ended_.notify_all();
  }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  Converter& converter_;
  const std::string& content_;
};

/// A place to work at: a folder for the input, and memory for the output. On disk, a file that is made and removed for each
/// conversion would cost as much as the conversion.
class Converter::Bench {
 public:
  explicit Bench(const fs::path& scratch, int number)
      : folder_(scratch / std::to_string(number)), output_(memfd_create("midi2abc", MFD_CLOEXEC)) {
    if (output_ < 0) throw Error(text("cannot get memory for a file: ", std::strerror(errno)));
    std::error_code ignored;  // writing into it tells
    fs::create_directory(folder_, ignored);
  }
  ~Bench() { close(output_); }
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  const fs::path& folder() const { return folder_; }
  int output() const { return output_; }
  void clear_output() const {
    if (ftruncate(output_, 0) != 0) throw Error(text("cannot empty a file in memory: ", std::strerror(errno)));
  }
  std::uintmax_t output_size() const {
    struct stat status {};
    return fstat(output_, &status) == 0 ? static_cast<std::uintmax_t>(status.st_size) : 0;
  }
  std::string read_output() const {
    std::string content(output_size(), '\0');
    std::size_t at = 0;
    while (at < content.size()) {
      const ssize_t count = pread(output_, content.data() + at, content.size() - at, static_cast<off_t>(at));
      if (count <= 0) throw Error(text("cannot read a file in memory: ", std::strerror(errno)));
      at += static_cast<std::size_t>(count);
    }
    return content;
  }

 private:
  fs::path folder_;
  int output_;
};

Converter::Converter(fs::path program, const ConverterSettings& settings, const fs::path& cache_directory)
    : program_(std::move(program)), settings_(settings), cache_directory_(cache_directory) {
  Scratch::remove_abandoned(cache_directory);
  version_ = version_of(program_, cache_directory);
  cache_ = cache_directory / ("midi2abc-" + sha256(version_).substr(0, 12));
}

Converter::~Converter() = default;

/// Lends a bench: as many are made as there are conversions at once.
class Converter::Loan {
 public:
  explicit Loan(Converter& converter) : converter_(converter) {
    const std::scoped_lock lock(converter_.mutex_);
    if (!converter_.scratch_) converter_.scratch_.emplace(converter_.cache_directory_);
    if (converter_.benches_.empty()) {
      bench_ = std::make_unique<Bench>(converter_.scratch_->folder(), converter_.made_benches_++);
    } else {
      bench_ = std::move(converter_.benches_.back());
      converter_.benches_.pop_back();
    }
  }
  ~Loan() {
    const std::scoped_lock lock(converter_.mutex_);
    converter_.benches_.push_back(std::move(bench_));
  }
  Loan(const Loan&) = delete;
  Loan& operator=(const Loan&) = delete;
  const Bench& operator*() const { return *bench_; }

 private:
  Converter& converter_;
  std::unique_ptr<Bench> bench_;
};

Conversion Converter::convert(const std::string& content, const std::function<std::string()>& bytes,
                              const std::stop_token& stop) {
  const fs::path file = cache_ / content.substr(0, 2) / content;
  // The same content twice is converted once: the second thread waits and finds the record.
  const Turn turn(*this, content);
  auto record = read_record(file);
  if (record && holds_under(*record, settings_)) return std::move(record->conversion);
  const Loan bench(*this);
  record = run(bytes(), *bench, stop);
  if (record->conversion.result != "stopped") replace_file(file, (*bench).folder() / "record", pack(*record));
  return std::move(record->conversion);
}

Record Converter::run(const std::string& midi, const Bench& bench, const std::stop_token& stop) {
  // midi2abc writes its input's path into T:, so that path is always the same.
  write_file(bench.folder() / "input.mid", midi);
  bench.clear_output();
  const ProcessLimits limits{.seconds = settings_.timeout_seconds, .file_bytes = settings_.max_output_bytes};
  const ProcessResult process =
      run_process(program_, {"input.mid", "-o", "/proc/self/fd/3"}, bench.folder(), limits, stop, bench.output());
  if (process.end == ProcessResult::End::stopped) return {{"stopped", "", 0, {}}, 0};

  Record record;
  record.conversion = judge(process, settings_, bench.output_size());
  record.limit = limit_behind(record.conversion, settings_);
  if (record.conversion.result == "converted") record.conversion.abc = bench.read_output();
  return record;
}

}  // namespace dataset_music
