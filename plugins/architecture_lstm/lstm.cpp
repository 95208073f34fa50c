#include "lstm.hpp"

#include <etude/error.hpp>

namespace etude::lstm {

OptionTable LstmModelOptions::fields() {
  using Self = LstmModelOptions;
  return etude::fields(
      field(&Self::hidden_size, "hidden_size", "Width of the hidden state and of the embedding", between(1, 65536)),
      field(&Self::num_layers, "num_layers", "Stacked recurrent layers", between(1, 64)),
      field(&Self::dropout, "dropout", "Probability of dropping embeddings and what passes between layers", from_below(0, 1)),
      field(&Self::tied, "tied", "Use the embedding as the output layer's matrix"));
}

OutputLayerImpl::OutputLayerImpl(std::int64_t hidden_size, std::int64_t vocab_size, const torch::Tensor& tied) {
  const double bound = 1 / std::sqrt(static_cast<double>(hidden_size));
  const torch::NoGradGuard no_grad;
  if (tied.defined())
    torch::Tensor(tied).uniform_(-bound, bound);
  else
    weight = register_parameter("weight", torch::empty({vocab_size, hidden_size}).uniform_(-bound, bound));
  bias = register_parameter("bias", torch::empty({vocab_size}).uniform_(-bound, bound));
}

torch::Tensor OutputLayerImpl::forward(const torch::Tensor& x, const torch::Tensor& tied) const {
  return torch::linear(x, weight.defined() ? weight : tied, bias);
}

struct LstmModel::State final : DecodeState {
  nn::LstmState lstm;
};

LstmModel::LstmModel(const LstmModelOptions& options, const ModelContext& model_context)
    : Architecture(model_context), options_(options) {
  const auto& source = context().dropout_source;
  const std::int64_t width = options.hidden_size;
  embedding_ = register_module("embedding", torch::nn::Embedding(vocab_size(), width));
  dropout_ = register_module("dropout", nn::Dropout(options.dropout, source));
  lstm_ = register_module("lstm", nn::Lstm(nn::LstmOptions{width, width, options.num_layers, options.dropout}, source));
  output_ = register_module("output", OutputLayer(width, vocab_size(), options.tied ? embedding_->weight : torch::Tensor()));
}

torch::Tensor LstmModel::logits(const torch::Tensor& activations) { return output_->forward(activations, embedding_->weight); }

torch::Tensor LstmModel::forward(const torch::Tensor& tokens) {
  require_tokens(tokens);
  return logits(lstm_(dropout_(embedding_(tokens))));
}

std::unique_ptr<DecodeState> LstmModel::initial_state(std::int64_t) { return std::make_unique<State>(); }

torch::Tensor LstmModel::decode(const torch::Tensor& tokens, DecodeState& state) {
  const torch::NoGradGuard no_grad;
  return logits(lstm_(embedding_(tokens), &dynamic_cast<State&>(state).lstm).select(1, -1));
}

ParameterCounts LstmModel::parameter_counts() const {
  ParameterCounts counts;
  for (const auto& parameter : lstm_->parameters()) counts.body += parameter.numel();
  counts.embedding = embedding_->weight.numel();
  counts.output = output_->bias.numel() + (output_->weight.defined() ? output_->weight.numel() : 0);
  return counts;
}

double LstmModel::forward_flops_per_token() const {
  const auto width = static_cast<double>(options_.hidden_size), layers = static_cast<double>(options_.num_layers);
  // Four gates a layer, each from the input and from the state, both as wide as the state.
  return 2 * (layers * 8 * width * width + width * static_cast<double>(vocab_size()));
}

}  // namespace etude::lstm
