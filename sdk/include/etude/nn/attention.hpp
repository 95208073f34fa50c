// Causal self-attention, for training and, with a cache of keys and values, for decoding.
#pragma once

#include <etude/nn/dropout.hpp>

namespace etude::nn {

/// softmax(Q K^T / sqrt(head width)) V for every head, each position looking at itself and those before it; dropout on the
/// weights.
///
/// On the CPU one pass per head keeps its scores in the cache: memory grows with time, not with its square, and the masks are
/// those of nn::Dropout (a function of key, row and element). Elsewhere ATen's scaled_dot_product_attention.
/// @param qkv      [batch, time, 3 * width]: queries, keys and values side by side, the heads side by side in each
/// @param n_head   divides width
/// @param dropout  of the attention weights; 0 outside training
/// @param source   may be null if dropout is 0
/// @return         [batch, time, width]
ETUDE_API torch::Tensor causal_attention(const torch::Tensor& qkv, std::int64_t n_head, double dropout, DropoutSource* source);

/// Keys and values of the positions seen so far: [batch, n_head, capacity, head width], of which `length` are filled.
struct KeyValueCache {
  torch::Tensor keys, values;
  std::int64_t length = 0;
};

struct CausalSelfAttentionOptions {
  std::int64_t n_embd = 0;
  std::int64_t n_head = 0;  ///< divides n_embd
  double dropout = 0;       ///< of the attention weights
  bool bias = false;        ///< of both linear layers
};

/// Multi-head causal self-attention (Vaswani et al., 2017) with one projection for queries, keys and values: c_attn, then c_proj.
class ETUDE_API CausalSelfAttentionImpl : public torch::nn::Module {
 public:
  /// @throws Error if n_head does not divide n_embd
  CausalSelfAttentionImpl(const CausalSelfAttentionOptions& options, std::shared_ptr<DropoutSource> source);

  /// @param x  [batch, time, n_embd]; result of the same shape
  torch::Tensor forward(const torch::Tensor& x);
  /// The same for positions that follow those in `cache`, which they join. No dropout, no gradients.
  /// @param capacity  positions for which an empty cache makes room
  torch::Tensor decode(const torch::Tensor& x, KeyValueCache& cache, std::int64_t capacity);

  torch::nn::Linear c_attn{nullptr}, c_proj{nullptr};

 private:
  CausalSelfAttentionOptions options_;
  std::shared_ptr<DropoutSource> source_;
};
TORCH_MODULE(CausalSelfAttention);

}  // namespace etude::nn
