// What training continues from.
#pragma once

#include <etude/architecture.hpp>
#include <filesystem>
#include <optional>
#include <train/optimizer.hpp>

namespace etude {

/// checkpoints/step-N/ holds model.safetensors, optimizer.safetensors and state.json with the fields here. Random streams need no
/// state: what is drawn is a function of seed, step and row.
struct CheckpointState {
  std::int64_t step = 0;
  std::int64_t tokens = 0;
  double seconds = 0;          ///< of training, pauses not counted
  double validation_loss = 0;  ///< of this step's validation; NaN if there was none
};

/// The checkpoints of one run.
class Checkpoints {
 public:
  /// @param directory  `<run>/checkpoints`; made when the first is written.
  explicit Checkpoints(std::filesystem::path directory);

  /// Removes what a kill left half written. Only the process that trains the run may call it.
  void remove_unfinished() const;

  /// Checkpoints of these steps stay, however many there are.
  void spare(std::vector<std::int64_t> steps) { spared_ = std::move(steps); }
  bool spared(std::int64_t step) const;

  /// Writes one beside the others, synced and renamed; then removes all but the `keep` newest, the spared, and the best if
  /// `keep_best`.
  void save(const CheckpointState& state, const Architecture& model, const AdamW& optimizer, std::int64_t keep, bool keep_best);

  /// The newest whose files have the digests that state.json says; damaged ones are passed over with a warning.
  std::optional<CheckpointState> newest() const;
  /// The one with the lowest validation loss among those that stand.
  std::optional<CheckpointState> best() const;
  /// The one of this step, as newest() reads it.
  std::optional<CheckpointState> at(std::int64_t step) const;
  std::vector<std::int64_t> steps() const;

  /// @throws Error if there is no such step, or it does not fit the model; model and optimizer are then as before
  void load(std::int64_t step, Architecture& model, AdamW& optimizer) const;
  void load_model(std::int64_t step, Architecture& model) const;

  std::filesystem::path directory_of(std::int64_t step) const;

 private:
  void remove_superfluous(std::int64_t keep, bool keep_best) const;

  std::filesystem::path directory_;
  std::vector<std::int64_t> spared_;
};

/// Loads weights by name into `model`.
/// @throws Error naming the first tensor that is missing, superfluous, or of another shape; the model is then as before
void load_weights(const std::filesystem::path& file, Architecture& model);

}  // namespace etude
