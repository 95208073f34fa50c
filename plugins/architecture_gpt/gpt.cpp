#include "gpt.hpp"

#include <etude/error.hpp>

namespace etude::gpt {

namespace {

torch::nn::LayerNorm layer_norm(std::int64_t width) {
  return torch::nn::LayerNorm(torch::nn::LayerNormOptions({width}).eps(1e-5));
}

torch::nn::Linear linear(std::int64_t in, std::int64_t out, bool bias) {
  return torch::nn::Linear(torch::nn::LinearOptions(in, out).bias(bias));
}

/// Only a name for its layers: h.0.mlp.c_fc.weight.
struct Mlp : torch::nn::Module {
  Mlp(torch::nn::Linear up, torch::nn::Linear down) {
    register_module("c_fc", std::move(up));
    register_module("c_proj", std::move(down));
  }
};

}  // namespace

OptionTable GptOptions::fields() {
  using Self = GptOptions;
  return etude::fields(
      field(&Self::n_layer, "n_layer", "Blocks", between(1, 512)),
      field(&Self::n_head, "n_head", "Attention heads a block; divides n_embd", between(1, 512)),
      field(&Self::n_embd, "n_embd", "Width of the activations", between(1, 65536)),
      field(&Self::dropout, "dropout", "Probability of dropping embeddings, attention weights and residual branches",
            from_below(0, 1)),
      field(&Self::bias, "bias", "Give the linear layers a bias (normalizations always have one)"),
      field(&Self::tied, "tied", "Use the token embedding as the output layer"),
      field(&Self::scale_residual_init, "scale_residual_init",
            "Initialise projections onto the residual stream with standard deviation 0.02 / sqrt(2 n_layer) instead of 0.02"),
      field(&Self::dropout_after_attention_projection, "dropout_after_attention_projection",
            "Apply dropout to the attention branch too, not only to the other branch"));
}

BlockImpl::BlockImpl(const GptOptions& options, const std::shared_ptr<nn::DropoutSource>& source) {
  const std::int64_t width = options.n_embd;
  ln_1 = register_module("ln_1", layer_norm(width));
  attn = register_module(
      "attn",
      nn::CausalSelfAttention(nn::CausalSelfAttentionOptions{width, options.n_head, options.dropout, options.bias}, source));
  ln_2 = register_module("ln_2", layer_norm(width));
  c_fc = linear(width, 4 * width, options.bias);
  c_proj = linear(4 * width, width, options.bias);
  register_module("mlp", std::make_shared<Mlp>(c_fc, c_proj));
  attention_dropout_ = register_module("attention_dropout",
                                       nn::Dropout(options.dropout_after_attention_projection ? options.dropout : 0.0, source));
  mlp_dropout_ = register_module("mlp_dropout", nn::Dropout(options.dropout, source));
}

torch::Tensor BlockImpl::forward(torch::Tensor x, nn::KeyValueCache* cache, std::int64_t capacity) {
  const auto normalized = ln_1(x);
  x = attention_dropout_->add(x, cache ? attn->decode(normalized, *cache, capacity) : attn(normalized));
  return mlp_dropout_->add(x, c_proj(torch::gelu(c_fc(ln_2(x)))));
}

void BlockImpl::decode(nn::Columns& x, nn::ColumnCache& cache, const std::vector<std::int64_t>& sequences, std::int64_t seen) {
  const auto qkv = nn::linear(nn::layer_norm(x, ln_1), attn->c_attn->weight, attn->c_attn->bias);
  nn::add_linear(x, cache.attend(qkv, sequences, seen), attn->c_proj->weight, attn->c_proj->bias);
  auto hidden = nn::linear(nn::layer_norm(x, ln_2), c_fc->weight, c_fc->bias);
  nn::gelu(hidden);
  nn::add_linear(x, hidden, c_proj->weight, c_proj->bias);
}

struct Gpt::State final : DecodeState {
  torch::Tensor tokens;  ///< the last context_length of what was seen
  std::int64_t seen = 0;
  std::vector<nn::ColumnCache> column_caches;  ///< where the model decodes in columns, else
  std::vector<nn::KeyValueCache> caches;
};

Gpt::Gpt(const GptOptions& options, const ModelContext& model_context) : Architecture(model_context), options_(options) {
  const auto& source = context().dropout_source;
  wte_ = register_module("wte", torch::nn::Embedding(vocab_size(), options.n_embd));
  wpe_ = register_module("wpe", torch::nn::Embedding(context_length(), options.n_embd));
  drop_ = register_module("drop", nn::Dropout(options.dropout, source));
  const auto layers = register_module("h", torch::nn::ModuleList());
  for (std::int64_t layer = 0; layer < options.n_layer; ++layer) {
    blocks_.emplace_back(options, source);
    layers->push_back(blocks_.back());
  }
  ln_f_ = register_module("ln_f", layer_norm(options.n_embd));
  if (!options.tied) lm_head_ = register_module("lm_head", linear(options.n_embd, vocab_size(), false));
  initialise();
}

void Gpt::initialise() {
  const torch::NoGradGuard no_grad;
  for (auto& entry : named_parameters()) {
    auto& parameter = entry.value();
    const auto& name = entry.key();
    const bool residual = name.ends_with("c_proj.weight") && options_.scale_residual_init;
    if (parameter.dim() == 2)
      parameter.normal_(0, residual ? 0.02 / std::sqrt(2.0 * static_cast<double>(options_.n_layer)) : 0.02);
    else if (name.ends_with("bias"))
      parameter.zero_();
  }
}

torch::Tensor Gpt::body(const torch::Tensor& tokens, std::int64_t first, std::vector<nn::KeyValueCache>* caches) {
  const auto positions = wpe_->weight.slice(0, first, first + tokens.size(1));
  auto x = drop_(wte_(tokens) + positions);
  for (std::size_t layer = 0; layer < blocks_.size(); ++layer)
    x = blocks_[layer]->forward(x, caches ? &(*caches)[layer] : nullptr, context_length());
  return ln_f_(x);
}

torch::Tensor Gpt::logits(const torch::Tensor& activations) { return torch::linear(activations, output_weight()); }

torch::Tensor Gpt::forward(const torch::Tensor& tokens) {
  require_tokens(tokens);
  return logits(body(tokens, 0, nullptr));
}

std::unique_ptr<DecodeState> Gpt::initial_state(std::int64_t batch) {
  auto state = std::make_unique<State>();
  if (nn::decodes_in_columns(*this))
    for (std::int64_t layer = 0; layer < options_.n_layer; ++layer)
      state->column_caches.emplace_back(batch, options_.n_head, options_.n_embd / options_.n_head, context_length());
  return state;
}

torch::Tensor Gpt::decode_columns(const torch::Tensor& tokens, std::int64_t first, const std::vector<std::int64_t>& sequences,
                                  std::vector<nn::ColumnCache>& caches) {
  const auto count = static_cast<std::int64_t>(sequences.size());
  // In parts, so that a window that is computed afresh needs no more memory than a few hundred columns do.
  constexpr std::int64_t kColumns = 512;
  nn::Columns last;
  for (const auto& part : tokens.split(std::max<std::int64_t>(1, kColumns / count), 1)) {
    const std::int64_t time = part.size(1);
    const auto embedded = wte_->weight.index_select(0, part.flatten()).view({count, time, options_.n_embd}) +
                          wpe_->weight.slice(0, first, first + time);
    last = nn::to_columns(embedded.flatten(0, 1));
    for (std::size_t layer = 0; layer < blocks_.size(); ++layer) blocks_[layer]->decode(last, caches[layer], sequences, first);
    first += time;
  }
  if (last.count > count) {
    std::vector<std::int64_t> ends;
    for (std::int64_t end = last.count / count; end <= last.count; end += last.count / count) ends.push_back(end - 1);
    last = nn::select_columns(last, ends);
  }
  return nn::to_rows(nn::linear(nn::layer_norm(last, ln_f_), output_weight()));
}

torch::Tensor Gpt::decode(const torch::Tensor& tokens, DecodeState& decode_state) {
  const torch::NoGradGuard no_grad;
  auto& state = dynamic_cast<State&>(decode_state);
  const std::int64_t first = state.seen;
  state.seen += tokens.size(1);
  state.tokens = state.tokens.defined() ? torch::cat({state.tokens, tokens}, 1) : tokens;
  const bool fits = state.seen <= context_length();
  if (!fits) state.tokens = state.tokens.slice(1, state.tokens.size(1) - context_length()).contiguous();
  if (!state.column_caches.empty()) {
    const auto rows = state.live_rows(tokens.size(0));
    auto all = torch::zeros({tokens.size(0), vocab_size()});
    if (rows.empty()) return all;
    const auto which = torch::tensor(rows, torch::kLong);
    const auto fresh = (fits ? tokens : state.tokens).index_select(0, which);
    return all.index_copy_(0, which, decode_columns(fresh, fits ? first : 0, rows, state.column_caches));
  }
  torch::Tensor activations;
  if (fits) {
    state.caches.resize(blocks_.size());
    activations = body(tokens, first, &state.caches);
  } else {
    state.caches.clear();
    activations = body(state.tokens, 0, nullptr);
  }
  return logits(activations.select(1, -1));
}

ParameterCounts Gpt::parameter_counts() const {
  ParameterCounts counts;
  for (const auto& parameter : parameters()) counts.body += parameter.numel();
  counts.embedding = wte_->weight.numel() + wpe_->weight.numel();
  counts.output = lm_head_ ? lm_head_->weight.numel() : 0;
  counts.body -= counts.embedding + counts.output;
  return counts;
}

double Gpt::forward_flops_per_token() const {
  const auto width = static_cast<double>(options_.n_embd), layers = static_cast<double>(options_.n_layer);
  const double projections = 12 * width * width;  // 3 + 1 in attention, 4 + 4 around the GELU
  // Position t multiplies its query with t + 1 keys and its weights with as many values: (context + 1) / 2 on average.
  const double attention = 2 * width * static_cast<double>(context_length() + 1) / 2;
  return 2 * (layers * (projections + attention) + width * static_cast<double>(vocab_size()));
}

}  // namespace etude::gpt
