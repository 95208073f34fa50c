// Stacked LSTM layers over ATen's.
#include <etude/error.hpp>
#include <etude/nn/lstm.hpp>

namespace etude::nn {

LstmImpl::LstmImpl(const LstmOptions& options, std::shared_ptr<DropoutSource> source) : options_(options) {
  if (options.input_size < 1 || options.hidden_size < 1 || options.num_layers < 1)
    throw usage_error(text("an LSTM needs a positive input_size, hidden_size and num_layers; they are ", options.input_size, ", ",
                           options.hidden_size, " and ", options.num_layers));
  const double bound = 1 / std::sqrt(static_cast<double>(options.hidden_size));
  for (std::int64_t layer = 0; layer < options.num_layers; ++layer) {
    const std::int64_t gates = 4 * options.hidden_size, inputs = layer == 0 ? options.input_size : options.hidden_size;
    const auto add = [&](const char* name, torch::IntArrayRef sizes) {
      return register_parameter(text(name, "_l", layer), torch::empty(sizes).uniform_(-bound, bound));
    };
    auto& weights = weights_.emplace_back();
    weights.push_back(add("weight_ih", {gates, inputs}));
    weights.push_back(add("weight_hh", {gates, options.hidden_size}));
    weights.push_back(add("bias_ih", {gates}));
    weights.push_back(add("bias_hh", {gates}));
  }
  dropout_ = register_module("dropout", Dropout(options.dropout, std::move(source)));
}

torch::Tensor LstmImpl::forward(const torch::Tensor& x, LstmState* state) {
  std::vector<torch::Tensor> hidden, cell;
  auto y = x;
  for (std::int64_t layer = 0; layer < options_.num_layers; ++layer) {
    if (layer > 0) y = dropout_(y);
    if (y.is_cuda()) flatten_for_cudnn(layer);
    const bool has_state = state && state->hidden.defined();
    const auto zero = has_state ? torch::Tensor() : torch::zeros({1, x.size(0), options_.hidden_size}, y.options());
    const auto h = has_state ? state->hidden.slice(0, layer, layer + 1) : zero;
    const auto c = has_state ? state->cell.slice(0, layer, layer + 1) : zero;
    torch::Tensor last_hidden, last_cell;
    std::tie(y, last_hidden, last_cell) = torch::lstm(y, {h, c}, weights_[static_cast<std::size_t>(layer)], /*has_biases=*/true,
                                                      /*num_layers=*/1, /*dropout=*/0, is_training(), /*bidirectional=*/false,
                                                      /*batch_first=*/true);
    if (state) {
      hidden.push_back(last_hidden);
      cell.push_back(last_cell);
    }
  }
  if (state) *state = {torch::cat(hidden), torch::cat(cell)};
  return y;
}

Columns LstmImpl::decode(Columns x, LstmColumns& state) {
  for (std::size_t layer = 0; layer < weights_.size(); ++layer) {
    const auto& weights = weights_[layer];
    if (state.hidden.size() == layer) {
      state.hidden.push_back(to_columns(torch::zeros({x.count, options_.hidden_size})));
      state.cell.push_back(to_columns(torch::zeros({x.count, options_.hidden_size})));
    }
    auto gates = linear(x, weights[0], weights[2]);
    add_linear(gates, state.hidden[layer], weights[1], weights[3]);
    lstm_step(gates, state.hidden[layer], state.cell[layer]);
    x = state.hidden[layer];
  }
  return x;
}

void LstmImpl::flatten_for_cudnn(std::int64_t layer) {
  auto& weights = weights_[static_cast<std::size_t>(layer)];
  // cuDNN wants a layer's weights in one block of memory, and would copy them there at every call. Once they are, they share a
  // storage.
  if (weights[0].storage().is_alias_of(weights[1].storage()) || !torch::cudnn_is_acceptable(weights[0])) return;
  const torch::NoGradGuard no_grad;
  constexpr std::int64_t kLstmMode = 2;
  torch::_cudnn_rnn_flatten_weight(weights, /*weight_stride0=*/4, weights[0].size(1), kLstmMode, options_.hidden_size,
                                   /*proj_size=*/0,
                                   /*num_layers=*/1, /*batch_first=*/true, /*bidirectional=*/false);
}

}  // namespace etude::nn
