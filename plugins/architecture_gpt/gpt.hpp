// The GPT of nanoGPT: pre-norm blocks, exact GELU, learned positions, output tied to the token embedding.
#pragma once

#include <etude/architecture.hpp>
#include <etude/nn/attention.hpp>
#include <etude/nn/columns.hpp>

namespace etude::gpt {

struct GptOptions {
  std::int64_t n_layer = 4;
  std::int64_t n_head = 4;
  std::int64_t n_embd = 128;
  double dropout = 0.1;
  bool bias = false;
  bool tied = true;
  bool scale_residual_init = true;
  bool dropout_after_attention_projection = true;

  static OptionTable fields();
};

/// One layer: x + attention(norm(x)), then x + mlp(norm(x)).
class BlockImpl : public torch::nn::Module {
 public:
  BlockImpl(const GptOptions& options, const std::shared_ptr<nn::DropoutSource>& source);
  /// @param x      [batch, time, n_embd]
  /// @param cache  of the positions before x, or null for none
  torch::Tensor forward(torch::Tensor x, nn::KeyValueCache* cache, std::int64_t capacity);
  /// The same for the next tokens of some sequences that have seen `seen` others: nn::ColumnCache::attend().
  void decode(nn::Columns& x, nn::ColumnCache& cache, const std::vector<std::int64_t>& sequences, std::int64_t seen);

  torch::nn::LayerNorm ln_1{nullptr}, ln_2{nullptr};
  nn::CausalSelfAttention attn{nullptr};
  torch::nn::Linear c_fc{nullptr}, c_proj{nullptr};

 private:
  nn::Dropout attention_dropout_{nullptr}, mlp_dropout_{nullptr};
};
TORCH_MODULE(Block);

/// Parameters are named as in nanoGPT without its prefix: wte.weight, wpe.weight, h.0.ln_1.weight, h.0.attn.c_attn.weight,
/// h.0.mlp.c_fc.weight, ..., ln_f.weight, and lm_head.weight unless it is tied.
class Gpt final : public Architecture {
 public:
  using Options = GptOptions;
  Gpt(const GptOptions& options, const ModelContext& context);
  /// Width, depth and heads in the proportions of published families; the size is within a tenth.
  static GptOptions sized(const GptOptions& wanted, const ModelContext& context, double parameters);

  torch::Tensor forward(const torch::Tensor& tokens) override;
  /// Learned positions move with the window: once more than context_length tokens were seen, each call computes the last
  /// context_length of them afresh, as forward() would. In floats on the CPU a sequence's logits depend on nothing but its
  /// tokens, neither on the other rows nor on how its tokens are cut into calls.
  std::unique_ptr<DecodeState> initial_state(std::int64_t batch) override;
  torch::Tensor decode(const torch::Tensor& tokens, DecodeState& state) override;

  ParameterCounts parameter_counts() const override;
  double forward_flops_per_token() const override;

 private:
  struct State;
  /// The last layer's normalized activations of tokens that begin at position `first`.
  torch::Tensor body(const torch::Tensor& tokens, std::int64_t first, std::vector<nn::KeyValueCache>* caches);
  torch::Tensor logits(const torch::Tensor& activations);
  const torch::Tensor& output_weight() const { return lm_head_ ? lm_head_->weight : wte_->weight; }
  /// Logits [sequences, vocab_size] after tokens [sequences, time] that begin at position `first`.
  torch::Tensor decode_columns(const torch::Tensor& tokens, std::int64_t first, const std::vector<std::int64_t>& sequences,
                               std::vector<nn::ColumnCache>& caches);
  void initialise();

  GptOptions options_;
  torch::nn::Embedding wte_{nullptr}, wpe_{nullptr};
  nn::Dropout drop_{nullptr};
  std::vector<Block> blocks_;
  torch::nn::LayerNorm ln_f_{nullptr};
  torch::nn::Linear lm_head_{nullptr};  ///< null if tied
};

}  // namespace etude::gpt
