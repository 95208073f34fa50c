// One optimizer step. Needs the SDK alone, so that it builds and can be measured where there is nothing but LibTorch.
#pragma once

#include <etude/architecture.hpp>
#include <memory>
#include <string>
#include <train/optimizer.hpp>

namespace etude {

struct StepOptions {
  std::int64_t accumulate = 1;  ///< the batch is computed in this many equal parts
  double clip_norm = 0;         ///< gradients are scaled down to this L2 norm; 0: never
  bool bf16 = false;            ///< autocast to bfloat16
  std::uint64_t dropout_seed = 1;
  AdamWOptions adamw;
};

struct StepResult {
  double loss = 0;       ///< mean nats a token of the batch, before the update
  double grad_norm = 0;  ///< L2 norm of all gradients, before clipping
};

/// Forward, backward, clip, update.
class TrainStep {
 public:
  /// @param part  how errors of the model are headed: "architecture gpt"
  TrainStep(std::shared_ptr<Architecture> model, std::string part, const StepOptions& options);

  /// @param windows  int64 [batch, time + 1], on the model's device: inputs and, one further, targets; batch divisible by
  /// accumulate
  /// @param step     number of the step, from 1: with the seed and the row it alone decides what dropout drops
  /// @throws Error if loss or gradients are not finite; parameters are then as before the step
  StepResult run(const torch::Tensor& windows, std::int64_t step, double learning_rate);

  AdamW& optimizer() { return optimizer_; }

 private:
  /// Adds the gradients of these rows' share of the mean loss; returns that share as a scalar tensor.
  torch::Tensor accumulate_gradients(const torch::Tensor& windows, std::int64_t step, std::int64_t first_row,
                                     std::int64_t all_rows);

  std::shared_ptr<Architecture> model_;
  std::string part_;
  StepOptions options_;
  AdamW optimizer_;
};

/// Mean cross-entropy, nats a token. Logits of any floating type, reduced in float (double stays double).
/// @param logits   [batch, time, vocab_size]
/// @param targets  int64 [batch, time]
torch::Tensor mean_cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets);

}  // namespace etude
