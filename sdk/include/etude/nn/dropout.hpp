// Dropout whose masks are a function of what is computed, not of what was computed before.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <etude/api.hpp>
#include <memory>

namespace etude::nn {

/// The key of every dropout mask of a model: (seed, step, row in the global batch, layer call, element).
/// The same rows of the same step get the same masks whether they are computed at once, in micro-batches, or after an
/// interruption.
class ETUDE_API DropoutSource {
 public:
  /// Begins the computation of rows first_row, first_row + 1, ... of `step`; layer calls count from zero again.
  void begin(std::uint64_t seed, std::int64_t step, std::int64_t first_row);
  /// Key of the next layer call.
  std::uint64_t next_call();
  std::int64_t first_row() const { return first_row_; }

 private:
  std::uint64_t key_ = 0;
  std::uint64_t calls_ = 0;
  std::int64_t first_row_ = 0;
};

/// Zeroes each element with `probability` and scales the rest by 1 / (1 - probability); the identity outside training.
///
/// Dimension 0 of the input is the row of the batch: pass [batch, time, ...], not [batch * time, ...].
/// On the CPU the mask of an element depends on the source's key, the row's index in the global batch and the element's index in
/// the row alone: not on the size of the micro-batch, nor on the number of threads. On other devices ATen draws the masks, from a
/// generator seeded with the key and the first row: repeatable, but another division into micro-batches gets other masks.
class ETUDE_API DropoutImpl : public torch::nn::Module {
 public:
  /// @param probability  0 <= probability < 1, in steps of 2^-32 on the CPU
  /// @param source       may be shared with other layers, not null
  DropoutImpl(double probability, std::shared_ptr<DropoutSource> source);

  /// @param input  float, double, half or bfloat16 of any shape
  torch::Tensor forward(const torch::Tensor& input);
  /// residual + forward(branch), in one pass over memory where both are of one type. The shapes are equal.
  torch::Tensor add(const torch::Tensor& residual, const torch::Tensor& branch);

  double probability() const { return probability_; }
  void pretty_print(std::ostream& stream) const override;

 private:
  torch::Tensor apply(const torch::Tensor* residual, const torch::Tensor& branch);

  double probability_;
  std::shared_ptr<DropoutSource> source_;
};
TORCH_MODULE(Dropout);

}  // namespace etude::nn
