// What a run leaves behind: journal.jsonl while it goes, run.h5 as a snapshot of it. See README.md in this folder.
#pragma once

#include <etude/metric.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace etude {

inline constexpr int record_format_version = 1;

/// One optimizer step. Losses in nats a token.
struct TrainRow {
  std::int64_t step = 0, tokens = 0;
  double loss = 0, learning_rate = 0, grad_norm = 0;
  double seconds = 0;            ///< since the run began, pauses between interruption and resume not counted
  double tokens_per_second = 0;  ///< of this step
  std::int64_t peak_memory = 0;  ///< bytes, of this run
};

struct ValidationRow {
  std::int64_t step = 0, tokens = 0;
  double loss = 0;
  double low = 0, high = 0;       ///< 95 % interval of the loss, bootstrap over documents; NaN where it cannot be told
  double bits_per_character = 0;  ///< NaN where windows overlap or do not cover the split
  double seconds = 0;             ///< that the evaluation took
};

/// One window of the last evaluation. Column-wise.
struct WindowTable {
  std::vector<double> loss;  ///< mean nats a token in the window
  std::vector<std::int64_t> tokens, characters, document;
};

struct Sample {
  std::int64_t step = 0;
  std::string source;  ///< "training", or the metric's id
  std::string text;
  std::string verdict;         ///< in a metric's words; empty where none judged
  std::filesystem::path file;  ///< what a metric made of it, relative to the run's directory; may be empty
};

/// Everything that is known before the first step. Strings and numbers by name, in groups /config, /provenance, /model.
struct RunHeader {
  std::string label, study, experiment_toml;
  std::vector<std::pair<std::string, std::string>> origins;     ///< key path, origin
  std::vector<std::pair<std::string, std::string>> axes;        ///< axis, label
  std::vector<std::pair<std::string, std::string>> provenance;  ///< name, value
  std::map<std::string, double> model;                          ///< parameters_embedding, ..., flops_per_token, ...
  std::map<std::string, double> corpus;                         ///< train_tokens, validation_characters, unknown_share, ...
};

/// Where the run went on after an interruption, and the provenance of what went on.
struct Resume {
  std::int64_t step = 0;
  std::vector<std::pair<std::string, std::string>> provenance;
};

struct RunData {
  RunHeader header;
  std::vector<Resume> resumes;
  std::vector<TrainRow> train;
  std::vector<ValidationRow> validation;
  WindowTable windows;
  std::map<std::string, MetricResult> metrics;  ///< without their samples, which stand below
  std::vector<Sample> samples;
  std::string state;   ///< "running", "interrupted", "failed", "done"
  std::string reason;  ///< of a failure or interruption
};

/// The writer of one run's journal and snapshots. One thread.
class RunRecord {
 public:
  /// Starts a new journal in `directory`, which exists and holds none, and a first run.h5. State: running.
  /// @throws Error if there is one, or another process holds the run
  static RunRecord create(const std::filesystem::path& directory, const RunHeader& header);
  /// Goes on with the journal in `directory` from `step`: rows past it are dropped from journal and snapshot, a torn last line
  /// too. The header of the first start stays; what `header` says of the provenance is recorded beside it. State: running.
  /// @throws Error if another process holds the run, the journal is damaged, or it is of another run
  static RunRecord resume(const std::filesystem::path& directory, std::int64_t step, const RunHeader& header);
  /// Starts a journal in `directory` with what the run in `parent` recorded of the steps up to `step`, which were the same; its
  /// provenance says so ("parent"). A journal that is there is replaced. State: running.
  /// @throws Error if another process holds the run, or the parent's journal cannot be read
  static RunRecord branch(const std::filesystem::path& directory, const std::filesystem::path& parent, std::int64_t step,
                          const RunHeader& header);

  RunRecord(RunRecord&&) noexcept;
  ~RunRecord();

  /// Each appends one line and hands it to the system. Files of a metric are recorded relative to the run's directory.
  /// @throws Error if the line cannot be written; the journal then is as before
  void add(const TrainRow& row);
  void add(const ValidationRow& row, const WindowTable& windows);
  void add(const Sample& sample);
  void add(const std::string& metric, const MetricResult& result);
  void set_state(const std::string& state, const std::string& reason = {});

  /// Writes run.h5 from what was added: beside, synced, renamed.
  void snapshot();
  const RunData& data() const;

 private:
  RunRecord();
  struct Writer;
  std::unique_ptr<Writer> writer_;
};

/// Reads the journal (the truth while there is one), else run.h5. A run that stopped without saying so is "interrupted".
/// @throws Error if there is no readable run in `directory`, naming the damaged line
RunData read_run(const std::filesystem::path& directory);

/// Makes run.h5 agree with the journal if it is older, as after a kill. Does nothing to a run that is still going (its lock is
/// held), and nothing where the directory cannot be written.
void refresh_snapshot(const std::filesystem::path& directory);

}  // namespace etude
