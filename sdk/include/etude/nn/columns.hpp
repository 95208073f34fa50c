// The arithmetic of decoding on the CPU, for architectures that override decode(): a few tokens at a time, each a column.
//
// What becomes of a column does not depend on how many there are beside it, on its place among them, or on the number of threads;
// so a text does not depend on the batch that it is drawn in. And for the few tokens of a step it is two to three times as fast
// as a matrix product that is made for many rows. Float only, no gradients, no dropout.
#pragma once

#include <torch/torch.h>

#include <etude/api.hpp>

namespace etude::nn {

/// Activations of `count` tokens: float [tiles, features, 32], token c in column c % 32 of tile c / 32.
struct Columns {
  torch::Tensor values;
  std::int64_t count = 0;
  std::int64_t features() const { return values.size(1); }
};

/// Whether a module's parameters are what these functions compute with: floats on the CPU.
ETUDE_API bool decodes_in_columns(const torch::nn::Module& module);

/// From float [count, features], and back.
ETUDE_API Columns to_columns(const torch::Tensor& rows);
ETUDE_API torch::Tensor to_rows(const Columns& columns);
/// Some of the columns, in the order of `which`.
ETUDE_API Columns select_columns(const Columns& columns, const std::vector<std::int64_t>& which);

/// torch::linear(x, weight, bias); bias may be undefined.
ETUDE_API Columns linear(const Columns& x, const torch::Tensor& weight, const torch::Tensor& bias = {});
/// sum += torch::linear(x, weight, bias)
ETUDE_API void add_linear(Columns& sum, const Columns& x, const torch::Tensor& weight, const torch::Tensor& bias = {});
/// torch::layer_norm over the features.
ETUDE_API Columns layer_norm(const Columns& x, const torch::nn::LayerNorm& norm);
/// torch::gelu (exact, to 2e-7), in place.
ETUDE_API void gelu(Columns& x);

/// Keys and values of the positions that some sequences have seen, of one layer.
class ETUDE_API ColumnCache {
 public:
  /// @param sequences  how many there may be
  /// @param capacity   positions of each; memory is used for those that are seen
  ColumnCache(std::int64_t sequences, std::int64_t n_head, std::int64_t head_width, std::int64_t capacity);

  /// Causal attention of positions seen .. seen + fresh - 1 to themselves and all before, which must have been here.
  /// @param qkv        queries, keys and values side by side, as for causal_attention(); position i of the s-th of `sequences` in
  ///                   column s * fresh + i
  /// @param sequences  which ones, each below the number given to the constructor; none twice
  /// @return           columns of n_head * head_width features
  Columns attend(const Columns& qkv, const std::vector<std::int64_t>& sequences, std::int64_t seen);

 private:
  std::int64_t n_head_, head_width_, capacity_;
  torch::Tensor keys_, values_;
};

/// One step of a long short-term memory for all columns (Hochreiter and Schmidhuber, 1997).
/// @param gates   4 * size features before their activation, in PyTorch's order: input, forget, cell, output
/// @param hidden  replaced by the new state
/// @param cell    the state, replaced by the new one
ETUDE_API void lstm_step(const Columns& gates, Columns& hidden, Columns& cell);

}  // namespace etude::nn
