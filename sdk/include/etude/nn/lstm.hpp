// Stacked long short-term memory layers.
#pragma once

#include <etude/nn/columns.hpp>
#include <etude/nn/dropout.hpp>

namespace etude::nn {

struct LstmOptions {
  std::int64_t input_size = 0;
  std::int64_t hidden_size = 0;
  std::int64_t num_layers = 1;
  double dropout = 0;  ///< between layers, not after the last
};

/// Hidden and cell state of every layer: [num_layers, batch, hidden_size] each; undefined tensors stand for zero.
struct LstmState {
  torch::Tensor hidden, cell;
};

/// The same as columns, a layer an entry; empty for zero.
struct LstmColumns {
  std::vector<Columns> hidden, cell;
};

/// Long short-term memory (Hochreiter and Schmidhuber, 1997), with the parameters, gate order, names and initialisation of
/// PyTorch's nn.LSTM: U(-1/sqrt(hidden_size), 1/sqrt(hidden_size)). Layers run one by one, so that the dropout between them is
/// nn::Dropout.
class ETUDE_API LstmImpl : public torch::nn::Module {
 public:
  LstmImpl(const LstmOptions& options, std::shared_ptr<DropoutSource> source);

  /// @param x      [batch, time, input_size]
  /// @param state  where to start from, replaced by where it ended; null for zero
  /// @return       [batch, time, hidden_size]
  torch::Tensor forward(const torch::Tensor& x, LstmState* state = nullptr);
  /// One position of each column's sequence, without dropout: the last layer's hidden state. For decodes_in_columns() only.
  Columns decode(Columns x, LstmColumns& state);

 private:
  void flatten_for_cudnn(std::int64_t layer);

  LstmOptions options_;
  std::vector<std::vector<torch::Tensor>> weights_;  ///< a layer: weight_ih, weight_hh, bias_ih, bias_hh
  Dropout dropout_{nullptr};
};
TORCH_MODULE(Lstm);

}  // namespace etude::nn
