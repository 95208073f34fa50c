// New text from a trained model.
#pragma once

#include <etude/architecture.hpp>
#include <etude/sampling.hpp>
#include <etude/tokenizer.hpp>
#include <functional>
#include <string>
#include <vector>

namespace etude {

/// Rows of every call of decode(). A library may round a row differently with other rows beside it or at another place, so that a
/// text would depend on the batch that it is drawn in: therefore text i is always row i % kDecodeRows of so many, and the rows
/// that nobody looks at are marked (DecodeState::live), for models that can leave them out. As many as fill the vector registers
/// of the kernels in etude/nn/columns.hpp twice.
inline constexpr std::int64_t kDecodeRows = 32;

/// How texts are drawn; on one device, what is drawn depends on bf16 alone.
struct SamplingOptions {
  std::int64_t batch_size = kDecodeRows;  ///< texts at a time, 1 to kDecodeRows; fewer need less memory
  bool bf16 = false;
  torch::Device device = torch::kCPU;
  std::string part;  ///< how errors of the model are headed
  /// Told after each step how many tokens of at most how many are drawn; may be empty.
  std::function<void(std::int64_t done, std::int64_t total)> progress;
  /// Told of each text when it ends, in any order; may be empty. What is left of a call that the user interrupts.
  std::function<void(std::int64_t index, std::string text)> finished;
};

/// Draws texts, each from its own random stream (seed, index, position); the rules are SampleRequest's. Beyond its context_length
/// a GPT sees the last context_length tokens at each step, a recurrent model its state.
/// @param separator  the ids that sampling starts from: end-of-text, or those of the separator
/// @throws Error (usage) for a value out of its range, and if the tokenizer cannot express the prompt, naming the characters;
/// Error if the user interrupts
std::vector<std::string> generate(Architecture& model, const Tokenizer& tokenizer, const std::vector<TokenId>& separator,
                                  const SampleRequest& request, const SamplingOptions& options);

}  // namespace etude
