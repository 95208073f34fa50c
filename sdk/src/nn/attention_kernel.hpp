// Causal attention on the CPU, on plain memory.
#pragma once

#include "dropout_kernel.hpp"

namespace etude::nn {

struct AttentionShape {
  std::int64_t batch, time, n_head, head_width;
  std::int64_t width() const { return n_head * head_width; }
};

/// True if LibTorch exports the BLAS routines that the kernels call.
bool has_attention_kernel();

/// @param qkv         [batch, time, 3 * width]
/// @param output      [batch, time, width]
/// @param log_sum_exp [batch, n_head, time] of the scaled scores of each query; null where no backward pass follows
/// Instantiated for float and double. Threads share the heads; each head is computed by one.
template <class T>
void attention_forward(const AttentionShape& shape, const DropoutMask& mask, const T* qkv, T* output, T* log_sum_exp);

/// @param gradient  of output; d_qkv is the result, of qkv's shape
template <class T>
void attention_backward(const AttentionShape& shape, const DropoutMask& mask, const T* qkv, const T* output, const T* log_sum_exp,
                        const T* gradient, T* d_qkv);

}  // namespace etude::nn
