#include "lstm.hpp"

#include <cmath>
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
  return torch::linear(x, matrix(tied), bias);
}

struct LstmModel::State final : DecodeState {
  nn::LstmState lstm;  ///< where the model does not decode in columns, else
  bool in_columns = false;
  nn::LstmColumns columns;
  std::vector<std::int64_t> rows;  ///< one a column
};

namespace {

/// As parameter_counts() would count them.
double parameters_of(const LstmModelOptions& options, const ModelContext& context) {
  const auto width = static_cast<double>(options.hidden_size), layers = static_cast<double>(options.num_layers);
  const auto vocabulary = static_cast<double>(context.vocab_size);
  return layers * (8 * width * width + 8 * width) + vocabulary * width * (options.tied ? 1 : 2) + vocabulary;
}

/// The largest width that has at most so many parameters; 0 if none has.
std::int64_t width_below(LstmModelOptions options, const ModelContext& context, double parameters) {
  std::int64_t low = 0, high = 65536;
  while (low < high) {
    options.hidden_size = (low + high + 1) / 2;
    if (parameters_of(options, context) <= parameters)
      low = options.hidden_size;
    else
      high = options.hidden_size - 1;
  }
  return low;
}

}  // namespace

LstmModelOptions LstmModel::sized(const LstmModelOptions& wanted, const ModelContext& context, double parameters) {
  LstmModelOptions options = wanted;
  const std::int64_t exact = width_below(wanted, context, parameters);
  const auto off = [&](std::int64_t width) {
    options.hidden_size = width;
    return width < 1 || width > 65536 ? 1.0 : std::abs(parameters_of(options, context) / parameters - 1);
  };
  for (const std::int64_t step : {8, 4, 2, 1}) {
    const std::int64_t below = exact / step * step;
    const std::int64_t width = off(below) < off(below + step) ? below : below + step;
    if (off(width) <= (step > 1 ? 0.03 : 0.1)) return options;
  }
  options.hidden_size = std::max<std::int64_t>(1, exact);
  const std::int64_t nearest = static_cast<std::int64_t>(parameters_of(options, context));
  throw usage_error(text("no LSTM of ", wanted.num_layers, " layers has about ", static_cast<std::int64_t>(parameters),
                         " parameters with a vocabulary of ", context.vocab_size),
                    text("a size near it: ", nearest, " (hidden_size ", options.hidden_size, ")"));
}

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

std::unique_ptr<DecodeState> LstmModel::initial_state(std::int64_t) {
  auto state = std::make_unique<State>();
  state->in_columns = nn::decodes_in_columns(*this);
  return state;
}

torch::Tensor LstmModel::decode_columns(const torch::Tensor& tokens, State& state) {
  auto rows = state.live_rows(tokens.size(0));
  auto all = torch::zeros({tokens.size(0), vocab_size()});
  if (rows.empty()) return all;
  if (!state.rows.empty() && rows != state.rows) {
    std::vector<std::int64_t> kept;
    for (const auto row : rows) kept.push_back(std::find(state.rows.begin(), state.rows.end(), row) - state.rows.begin());
    for (auto* columns : {&state.columns.hidden, &state.columns.cell})
      for (auto& layer : *columns) layer = nn::select_columns(layer, kept);
  }
  state.rows = std::move(rows);
  const auto which = torch::tensor(state.rows, torch::kLong);
  const auto ids = tokens.index_select(0, which);
  nn::Columns last;
  for (std::int64_t t = 0; t < ids.size(1); ++t)
    last = lstm_->decode(nn::to_columns(embedding_->weight.index_select(0, ids.select(1, t))), state.columns);
  return all.index_copy_(0, which, nn::to_rows(nn::linear(last, output_->matrix(embedding_->weight), output_->bias)));
}

torch::Tensor LstmModel::decode(const torch::Tensor& tokens, DecodeState& state) {
  const torch::NoGradGuard no_grad;
  auto& own = dynamic_cast<State&>(state);
  if (own.in_columns) return decode_columns(tokens, own);
  return logits(lstm_(embedding_(tokens), &own.lstm).select(1, -1));
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
