// The study's LSTM: embedding as wide as the hidden state, stacked layers, output tied to the embedding.
#pragma once

#include <etude/architecture.hpp>
#include <etude/nn/lstm.hpp>

namespace etude::lstm {

struct LstmModelOptions {
  std::int64_t hidden_size = 256;
  std::int64_t num_layers = 2;
  double dropout = 0.1;
  bool tied = true;

  static OptionTable fields();
};

/// hidden -> vocabulary, with a bias; the matrix may be the embedding's.
class OutputLayerImpl : public torch::nn::Module {
 public:
  /// @param tied  the matrix to share, or undefined for one of its own
  OutputLayerImpl(std::int64_t hidden_size, std::int64_t vocab_size, const torch::Tensor& tied);
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& tied) const;

  const torch::Tensor& matrix(const torch::Tensor& tied) const { return weight.defined() ? weight : tied; }

  torch::Tensor weight, bias;  ///< weight is undefined if tied
};
TORCH_MODULE(OutputLayer);

/// Parameters: embedding.weight, lstm.weight_ih_l0, lstm.weight_hh_l0, lstm.bias_ih_l0, lstm.bias_hh_l0, ..., output.bias, and
/// output.weight unless it is tied. A tied matrix starts as an output layer does, U(-1/sqrt(hidden_size), 1/sqrt(hidden_size)).
class LstmModel final : public Architecture {
 public:
  using Options = LstmModelOptions;
  LstmModel(const LstmModelOptions& options, const ModelContext& context);
  /// The width for as many layers as are wanted: a multiple of 8, else of 4 or 2, where that comes within 3 %.
  static LstmModelOptions sized(const LstmModelOptions& wanted, const ModelContext& context, double parameters);

  torch::Tensor forward(const torch::Tensor& tokens) override;
  /// The memory is unbounded: decoding goes on past context_length. In floats on the CPU a sequence's logits depend on nothing
  /// but its tokens.
  std::unique_ptr<DecodeState> initial_state(std::int64_t batch) override;
  torch::Tensor decode(const torch::Tensor& tokens, DecodeState& state) override;

  ParameterCounts parameter_counts() const override;
  double forward_flops_per_token() const override;

 private:
  struct State;
  torch::Tensor logits(const torch::Tensor& activations);
  torch::Tensor decode_columns(const torch::Tensor& tokens, State& state);

  LstmModelOptions options_;
  torch::nn::Embedding embedding_{nullptr};
  nn::Dropout dropout_{nullptr};
  nn::Lstm lstm_{nullptr};
  OutputLayer output_{nullptr};
};

}  // namespace etude::lstm
