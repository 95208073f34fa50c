// The interface of architectures.
#pragma once

#include <torch/torch.h>

#include <etude/nn/dropout.hpp>
#include <etude/options.hpp>

namespace etude {

/// What an architecture is built for.
struct ModelContext {
  std::int64_t vocab_size = 0;
  std::int64_t context_length = 0;
  /// Where the model's dropout layers draw their masks from.
  std::shared_ptr<nn::DropoutSource> dropout_source = std::make_shared<nn::DropoutSource>();
};

/// Number of trainable parameters by what they do. A matrix that serves as embedding and output counts once, as embedding.
struct ParameterCounts {
  std::int64_t embedding = 0;  ///< token embedding (which includes a tied output) and learned positions
  std::int64_t output = 0;     ///< output layer where it is not tied, and its bias
  std::int64_t body = 0;       ///< everything else
  std::int64_t total() const { return embedding + output + body; }
};

/// Parameters that share a weight decay. The optimizer multiplies its own decay by `decay`: 1 for matrices, 0 for gains and
/// biases, say.
struct ParameterGroup {
  std::vector<torch::Tensor> parameters;
  double decay = 1.0;
};

/// What a model remembers between calls of decode(): keys and values, hidden states. Belongs to the caller, who copies none of
/// it.
class ETUDE_API DecodeState {
 public:
  virtual ~DecodeState();
  /// Rows that the caller still looks at, one entry a row; empty: all. A model may leave the others out and return anything for
  /// them; a row that was let go of never comes back.
  std::vector<bool> live;
  /// The indices of the live rows of `batch`.
  std::vector<std::int64_t> live_rows(std::int64_t batch) const;
};

/// A causal language model over token ids. Constructed by T(const T::Options&, const ModelContext&). Lives on one device; one
/// thread at a time calls it.
class ETUDE_API Architecture : public torch::nn::Module {
 public:
  explicit Architecture(const ModelContext& context);
  ~Architecture() override;

  /// Next-token logits for every position.
  /// @param tokens  int64 [batch, time], 0 <= id < vocab_size, 1 <= time <= context_length
  /// @return        float [batch, time, vocab_size]; position t depends on tokens 0..t only. Recurrent state starts at zero.
  /// @throws Error if time exceeds context_length
  virtual torch::Tensor forward(const torch::Tensor& tokens) = 0;

  /// An empty memory for `batch` sequences, for decode().
  virtual std::unique_ptr<DecodeState> initial_state(std::int64_t batch);

  /// Logits for the token after the last of `tokens`, given all tokens that `state` has seen; adds `tokens` to `state`.
  /// Equal to the last position of forward() over everything seen, as long as that fits into context_length; beyond it, equal to
  /// forward() over the last context_length tokens, unless the model's memory is unbounded (recurrent models go on).
  /// The implementation here keeps the tokens and calls forward() each time: right for any model, slow for all.
  /// @param tokens  int64 [batch, time >= 1]
  /// @return        float [batch, vocab_size]
  virtual torch::Tensor decode(const torch::Tensor& tokens, DecodeState& state);

  /// Here: matrices decay, gains and biases (fewer than two dimensions) do not.
  virtual std::vector<ParameterGroup> parameter_groups();

  /// Here: what belongs to a torch::nn::Embedding is embedding, the rest is body.
  virtual ParameterCounts parameter_counts() const;

  /// Floating-point operations of forward() a token, at full context: two a multiply-add, the causal half of attention only.
  /// Training costs three times as much. Here: 2 x parameters that multiply activations (all but embeddings; a tied embedding
  /// counts, since it is the output layer).
  virtual double forward_flops_per_token() const;

  std::int64_t vocab_size() const { return context_.vocab_size; }
  std::int64_t context_length() const { return context_.context_length; }

  /// Tells the model's dropout layers what is about to be computed, so that their masks depend on that alone.
  /// @param first_row  index in the step's global batch of the first row of the tokens that forward() gets next
  void begin_dropout(std::uint64_t seed, std::int64_t step, std::int64_t first_row);

 protected:
  /// @throws Error if tokens is not [batch, time] with 1 <= time <= context_length
  void require_tokens(const torch::Tensor& tokens) const;
  const ModelContext& context() const { return context_; }

 private:
  ModelContext context_;
};

}  // namespace etude
