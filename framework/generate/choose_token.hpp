// The choice of the next token, by the rules of a SampleRequest.
#pragma once

#include <etude/sampling.hpp>
#include <etude/tokenizer.hpp>
#include <span>
#include <vector>

namespace etude {

/// @throws Error (usage) that names the value out of its range
void require_valid(const SampleRequest& request);

/// Chooses tokens one after another; keeps its working memory between them. One thread.
class TokenChooser {
 public:
  TokenChooser(const SampleRequest& request, std::int64_t vocab_size);

  /// @param logits  one a token of the vocabulary
  /// @param before  the tokens so far, the prompt's included; of them the last repetition_window count
  /// @param unit    in [0, 1): chooses among the tokens that stay, in the order of their ids, by inversion
  /// @throws Error if a logit is NaN or infinity (minus infinity forbids a token), or all are minus infinity
  TokenId choose(std::span<const float> logits, std::span<const TokenId> before, double unit);

 private:
  void penalise(std::span<const TokenId> before);
  void keep_top_k();
  void keep_likely();  ///< top-p, then min-p

  SampleRequest request_;
  std::vector<double> logits_, weights_;  ///< weights: e^(logit - largest), 0 for tokens that went
  std::vector<std::int64_t> seen_;        ///< the call in which a token was last penalised
  std::int64_t call_ = 0;
  std::vector<TokenId> order_;
};

}  // namespace etude
