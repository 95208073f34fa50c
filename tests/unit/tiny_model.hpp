// The smallest language model there is: the next token's logits are a row of a table.
#pragma once

#include <torch/torch.h>

#include <etude/architecture.hpp>

namespace etude::testing {

class BigramModel final : public Architecture {
 public:
  explicit BigramModel(const ModelContext& context) : Architecture(context) {
    table = register_parameter("table", torch::zeros({context.vocab_size, context.vocab_size}));
  }
  torch::Tensor forward(const torch::Tensor& tokens) override {
    require_tokens(tokens);
    return torch::embedding(table, tokens);
  }

  torch::Tensor table;
};

inline std::shared_ptr<BigramModel> make_bigram(std::int64_t vocab_size, std::int64_t context_length) {
  ModelContext context;
  context.vocab_size = vocab_size;
  context.context_length = context_length;
  return std::make_shared<BigramModel>(context);
}

}  // namespace etude::testing
