// New text from a trained model.
#pragma once

#include <etude/architecture.hpp>
#include <etude/sampling.hpp>
#include <etude/tokenizer.hpp>
#include <functional>
#include <string>
#include <vector>

namespace etude {

/// How texts are drawn; what is drawn does not depend on it, but for the device and bf16.
struct SamplingOptions {
  std::int64_t batch_size = 16;  ///< texts at a time
  bool bf16 = false;
  torch::Device device = torch::kCPU;
  std::string part;  ///< how errors of the model are headed
  /// Told after each token how many tokens of how many are done; may be empty.
  std::function<void(std::int64_t done, std::int64_t total)> progress;
};

/// Draws texts, each the prompt and what the model adds, from its own random stream (seed, index, position). A text ends with
/// end-of-text, with the separator, or after new_tokens; neither of the two is part of it.
/// @param separator  the ids that sampling starts from: end-of-text, or those of the separator
/// @throws Error (usage) if the tokenizer cannot express the prompt, naming the characters
std::vector<std::string> generate(Architecture& model, const Tokenizer& tokenizer, const std::vector<TokenId>& separator,
                                  const SampleRequest& request, const SamplingOptions& options);

/// The id that `unit` in [0, 1) selects from softmax(logits / temperature), by inversion; greedy at temperature 0.
TokenId choose_token(const std::vector<double>& logits, double temperature, double unit);

}  // namespace etude
