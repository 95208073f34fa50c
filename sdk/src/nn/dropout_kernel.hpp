// Dropout on the CPU, on plain memory.
#pragma once

#include <cstdint>

namespace etude::nn {

/// Which elements are kept: a function of the call's key, the row in the global batch, and the element in its row.
struct DropoutMask {
  std::uint64_t key = 0;
  std::int64_t first_row = 0;
  std::uint32_t threshold = 0;  ///< an element is dropped if its random bits are below
  double scale = 1;             ///< of what is kept

  /// @param probability  0 <= probability < 1
  DropoutMask(std::uint64_t call_key, std::int64_t first, double probability);
};

/// output[i] = (residual ? residual[i] : 0) + (kept ? input[i] * scale : 0), for rows x row_size elements. output may be input.
/// Instantiated for float, double, at::Half and at::BFloat16.
template <class T>
void masked_scale(const DropoutMask& mask, std::int64_t rows, std::int64_t row_size, const T* input, const T* residual,
                  T* output);

}  // namespace etude::nn
