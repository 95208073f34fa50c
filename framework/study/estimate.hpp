// What a run would take on this machine, measured and not guessed: a few steps on random tokens with throw-away weights.
#pragma once

#include <base/clock.hpp>
#include <config/experiment.hpp>
#include <etude/architecture.hpp>
#include <host/catalogue.hpp>
#include <optional>

namespace etude {

/// The sizes of a model, from its own shapes.
struct ModelSize {
  ParameterCounts parameters;
  double forward_flops_per_token = 0;
};

/// Seconds and bytes of the work that a run repeats.
struct MeasuredCost {
  double step_seconds = 0;              ///< of one optimizer step at the full batch
  double evaluation_token_seconds = 0;  ///< of one predicted token in a validation
  double sampling_step_seconds = 0;     ///< of one step of drawing the texts that metrics want; 0 where they want none
  std::int64_t peak_memory = 0;         ///< bytes at the full batch, program included; on a GPU that of its memory
  /// True if a full batch was too much for the time or memory at hand, and a line through smaller ones was followed.
  bool extrapolated = false;
};

/// How much of what a run does, beside its steps.
struct EvaluationWork {
  std::int64_t validation_tokens = 0;  ///< of one validation
  std::int64_t metric_tokens = 0;      ///< that the metrics predict at the end
  std::int64_t sampling_steps = 0;     ///< of the texts that metrics want
};

struct RunEstimate {
  double training_seconds = 0, validation_seconds = 0, metric_seconds = 0;
  double total_seconds() const { return training_seconds + validation_seconds + metric_seconds; }
};

/// Builds the model without training it. @throws Error if it cannot be built
ModelSize model_size(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size);

/// Times steps, validations and the sampling for metrics of the experiment's model on its device, with its number of threads.
/// Nothing is written.
/// @param seconds  about how long that may take; large models are measured with fewer rows, and follow a line from there
/// @throws Error if not even one row can be computed
MeasuredCost measure_cost(const Experiment& experiment, const Catalogue& catalogue, std::int64_t vocab_size, double seconds,
                          const Clock& now = steady_seconds);

/// What all metrics of the experiment ask for together, each thing once.
MetricNeeds metric_needs(const Experiment& experiment, const Catalogue& catalogue);

/// How many validations a run has: each validate_every steps, and one at the end.
std::int64_t validation_count(const TrainingOptions& training);

/// @param own_steps  of a run that begins from another's checkpoint: those that it computes itself; else all
RunEstimate estimate_run(const TrainingOptions& training, const MeasuredCost& cost, const EvaluationWork& work,
                         std::optional<std::int64_t> own_steps = {});

}  // namespace etude
