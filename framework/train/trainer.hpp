// Trains one model to the end of its budget.
#pragma once

#include <base/log.hpp>
#include <config/experiment.hpp>
#include <corpus/corpus.hpp>
#include <etude/architecture.hpp>
#include <evaluate/split_loss.hpp>
#include <record/run_record.hpp>
#include <train/batches.hpp>
#include <train/checkpoint.hpp>
#include <train/schedule.hpp>
#include <train/step.hpp>

namespace etude {

/// A model with what it takes to call it.
struct ModelOnDevice {
  std::shared_ptr<Architecture> model;
  torch::Device device = torch::kCPU;
  std::string part;  ///< "architecture gpt"
};

/// Builds the model of `experiment` on the device, with weights from the initialisation seed, or from init_from.
ModelOnDevice build_model(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size);

/// What the experiment says about a step.
StepOptions step_options(const TrainingOptions& training);

/// How the experiment measures loss on validation text.
EvaluationOptions evaluation_options(const TrainingOptions& training, const ModelOnDevice& model);

/// Writes a text that was drawn while training to `<run>/samples/step-N.abc`.
void write_training_sample(const std::filesystem::path& run, const Sample& sample);

/// The training of one run. Everything is borrowed.
class Trainer {
 public:
  Trainer(const Experiment& experiment, const ModelOnDevice& model, const Corpus& corpus, std::filesystem::path run_directory);

  /// The step from which the newest checkpoint lets training go on; 0 from the start. Loads it.
  std::int64_t load_newest_checkpoint();

  /// Goes on from a checkpoint of another run, which was the same run up to its step. Loads it.
  /// @throws Error if it cannot be used; model and optimizer are then as before
  void begin_from(const Checkpoints& others, std::int64_t step);

  /// Steps after which a checkpoint is written that stays, so that other runs can begin from it. With schedule = "wsd" the last
  /// step before the decay is one of itself.
  void leave_checkpoints(std::vector<std::int64_t> steps);

  /// Trains to the last step, recording every step, validation, sample and checkpoint. On an interrupt it writes a checkpoint and
  /// throws Error with Fault::interrupted.
  /// @param title  of the progress line
  void train(RunRecord& record, const std::string& title);

 private:
  void load(const Checkpoints& from, const CheckpointState& state);
  void train_one(RunRecord& record, std::int64_t step);
  /// Validates and samples where this step asks for it and the record does not have it yet; true if anything was done.
  bool measure_what_is_due(RunRecord& record, std::int64_t step);
  double validate(RunRecord& record, std::int64_t step);
  void sample(RunRecord& record, std::int64_t step);
  void save(std::int64_t step);
  /// Writes a checkpoint and throws Error with Fault::interrupted.
  [[noreturn]] void stop(RunRecord& record, std::int64_t step);
  bool due(std::int64_t every, std::int64_t step) const { return step == total_steps_ || (every > 0 && step % every == 0); }
  void show_progress(std::int64_t step);

  const Experiment& experiment_;
  const TrainingOptions& training_;
  const ModelOnDevice& model_;
  const Corpus& corpus_;
  std::filesystem::path directory_;
  std::int64_t total_steps_;
  Schedule schedule_;
  Batches batches_;
  TrainStep step_;
  Checkpoints checkpoints_;

  std::int64_t first_step_ = 1;
  double seconds_ = 0;          ///< of optimizer steps so far
  double last_validation_ = 0;  ///< loss; NaN before the first
  TrainRow last_row_;
  std::string title_;
  Progress progress_;
};

}  // namespace etude
