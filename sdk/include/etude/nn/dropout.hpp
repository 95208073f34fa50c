// Dropout whose masks are a function of what is computed, not of what was computed before.
#pragma once

#include <torch/torch.h>

#include <cstdint>
#include <etude/api.hpp>
#include <memory>

namespace etude::nn {

/// The key of every dropout mask of a model: (seed, step, row in the global batch, layer call, element).
/// The same rows of the same step get the same masks whether they are computed at once, in micro-batches, or after an interruption.
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

}  // namespace etude::nn
