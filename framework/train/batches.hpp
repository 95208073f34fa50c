// Which tokens a step trains on.
#pragma once

#include <torch/torch.h>

#include <corpus/corpus.hpp>

namespace etude {

/// Windows of context_length + 1 tokens that begin anywhere in the training split, drawn uniformly as a function of (seed, step,
/// row).
class Batches {
 public:
  /// @param tokens  borrowed
  /// @throws Error if the split is shorter than one window
  Batches(const TokenFile& tokens, std::uint64_t seed, std::int64_t batch_size, std::int64_t context_length);

  /// int64 [batch_size, context_length + 1], on the CPU.
  torch::Tensor windows(std::int64_t step) const;

 private:
  const TokenFile& tokens_;
  std::uint64_t seed_;
  std::int64_t batch_size_;
  std::int64_t context_length_;
};

}  // namespace etude
