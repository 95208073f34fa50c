#include <unistd.h>

#include <base/files.hpp>
#include <chrono>
#include <record/events.hpp>
#include <record/journal.hpp>
#include <record/snapshot.hpp>
#include <thread>

namespace etude {
namespace {

namespace fs = std::filesystem;

/// Held while a run goes on. Readers hold the lock too, for moments, so a held one is tried again.
std::unique_ptr<DirectoryLock> lock_run(const fs::path& directory) {
  for (int attempt = 0; attempt < 20; ++attempt) {
    if (auto lock = DirectoryLock::try_lock(directory)) return lock;
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
  throw Error(text("another process is working on the run ", directory.string()), "wait until it has ended, or stop it");
}

/// A run that says it is going while nobody holds it was killed, or its machine stopped.
void settle_state(RunData& data) {
  if (data.state != "running") return;
  data.state = "interrupted";
  data.reason = "ended without a word: killed, or the machine stopped";
}

}  // namespace

struct RunRecord::Writer {
  fs::path directory;
  std::unique_ptr<DirectoryLock> lock;
  JournalWriter journal;
  RunData data;
  std::int64_t step = 0;  ///< of the last row

  /// What is kept is what went through the journal's text, so that it is what a reader will see.
  void add(const std::string& line) {
    journal.append(line);
    step = std::max(step, apply_event(line, "new event", data).step);
  }
};

RunRecord::RunRecord() = default;
RunRecord::RunRecord(RunRecord&&) noexcept = default;
RunRecord::~RunRecord() = default;

RunRecord RunRecord::create(const fs::path& directory, const RunHeader& header) {
  auto lock = lock_run(directory);
  const fs::path journal = directory / journal_name;
  if (fs::exists(journal)) throw Error(text("there is a run in ", directory.string()), "go on with it, or move it away");
  remove_partial_files(directory);
  // Written as a whole, so that a journal always has its first line.
  write_file(journal, header_event(header) + state_event(0, "running", ""));
  RunRecord record;
  record.writer_.reset(new Writer{directory, std::move(lock), JournalWriter(journal), read_journal(journal).data});
  record.snapshot();
  return record;
}

RunRecord RunRecord::resume(const fs::path& directory, std::int64_t step, const RunHeader& header) {
  auto lock = lock_run(directory);
  const fs::path journal = directory / journal_name;
  const RunHeader before = read_journal(journal).data.header;
  if (before.label != header.label || before.study != header.study)
    throw Error(text(directory.string(), " is of run ", before.label, " in study ", before.study, ", not of ", header.label,
                     " in ", header.study));
  remove_partial_files(directory);
  write_file(journal, lines_until(journal, step) + resume_event({step, header.provenance}) + state_event(step, "running", ""));
  RunRecord record;
  record.writer_.reset(new Writer{directory, std::move(lock), JournalWriter(journal), read_journal(journal).data, step});
  record.snapshot();
  return record;
}

RunRecord RunRecord::branch(const fs::path& directory, const fs::path& parent, std::int64_t step, const RunHeader& header) {
  auto lock = lock_run(directory);
  const fs::path journal = directory / journal_name;
  remove_partial_files(directory);
  write_file(journal, header_event(header) + rows_until(parent / journal_name, step) +
                          branch_event(step, parent.filename().string()) + state_event(step, "running", ""));
  RunRecord record;
  record.writer_.reset(new Writer{directory, std::move(lock), JournalWriter(journal), read_journal(journal).data, step});
  record.snapshot();
  return record;
}

void RunRecord::add(const TrainRow& row) { writer_->add(train_event(row)); }

void RunRecord::add(const ValidationRow& row, const WindowTable& windows) {
  writer_->add(validation_event(row, windows, writer_->data.windows));
}

void RunRecord::add(const Sample& sample) { writer_->add(sample_event(sample)); }

void RunRecord::add(const std::string& metric, const MetricResult& result) {
  MetricResult recorded = result;
  const auto make_relative = [this](fs::path& file) {
    if (file.is_absolute() || file.native().starts_with(writer_->directory.native()))
      file = file.lexically_proximate(writer_->directory);
  };
  for (auto& file : recorded.files) make_relative(file);
  for (auto& sample : recorded.samples)
    if (!sample.file.empty()) make_relative(sample.file);
  writer_->add(metric_event(writer_->step, metric, recorded));
}

void RunRecord::set_state(const std::string& state, const std::string& reason) {
  writer_->add(state_event(writer_->step, state, reason));
}

void RunRecord::snapshot() {
  writer_->journal.sync();
  write_snapshot(writer_->directory / snapshot_name, writer_->data, writer_->journal.bytes());
}

const RunData& RunRecord::data() const { return writer_->data; }

RunData read_run(const fs::path& directory) {
  if (!fs::exists(directory / journal_name) && !fs::exists(directory / snapshot_name))
    throw Error(text("there is no run in ", directory.string()), "a run's directory holds journal.jsonl or run.h5");
  RunData data = fs::exists(directory / journal_name) ? read_journal(directory / journal_name).data
                                                      : read_snapshot(directory / snapshot_name);
  if (!DirectoryLock::held(directory)) settle_state(data);
  return data;
}

void refresh_snapshot(const fs::path& directory) {
  const fs::path file = directory / journal_name;
  if (!fs::exists(file) || ::access(directory.c_str(), W_OK) != 0) return;
  const auto lock = DirectoryLock::try_lock(directory);
  if (!lock || snapshot_is_current(directory / snapshot_name, static_cast<std::int64_t>(fs::file_size(file)))) return;
  Journal journal = read_journal(file);
  settle_state(journal.data);
  remove_partial_files(directory);
  write_snapshot(directory / snapshot_name, journal.data, journal.bytes);
}

}  // namespace etude
