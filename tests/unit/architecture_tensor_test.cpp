// What an architecture gets when it brings nothing of its own.
#include <torch/torch.h>

#include <catch.hpp>
#include <etude/architecture.hpp>
#include <etude/error.hpp>

#include "tiny_model.hpp"

using namespace etude;

namespace {

/// Sums embeddings causally; with a linear layer, a gain, and an output that may be the embedding.
class Summing final : public Architecture {
 public:
  Summing(const ModelContext& model_context, bool tied) : Architecture(model_context) {
    embedding = register_module("embedding", torch::nn::Embedding(vocab_size(), 6));
    middle = register_module("middle", torch::nn::Linear(6, 6));
    head = register_module("head", std::make_shared<torch::nn::Module>());
    output = head->register_parameter("weight", tied ? embedding->weight : torch::randn({vocab_size(), 6}));
  }
  torch::Tensor forward(const torch::Tensor& tokens) override {
    require_tokens(tokens);
    return torch::linear(torch::tanh(middle(embedding(tokens).cumsum(1))), output);
  }
  torch::nn::Embedding embedding{nullptr};
  torch::nn::Linear middle{nullptr};
  std::shared_ptr<torch::nn::Module> head;
  torch::Tensor output;
};

ModelContext small_context() {
  ModelContext context;
  context.vocab_size = 11;
  context.context_length = 8;
  return context;
}

}  // namespace

TEST_CASE("Parameters are counted once, as embedding or body") {
  const Summing tied(small_context(), true), untied(small_context(), false);
  CHECK(tied.parameter_counts().embedding == 66);
  CHECK(tied.parameter_counts().body == 6 * 6 + 6);
  CHECK(tied.parameter_counts().total() == 108);
  CHECK(untied.parameter_counts().embedding == 66);
  CHECK(untied.parameter_counts().total() == 174);
}

TEST_CASE("Matrices that multiply activations are floating-point operations, a tied one too") {
  CHECK(Summing(small_context(), true).forward_flops_per_token() == 2 * (36 + 66));
  CHECK(Summing(small_context(), false).forward_flops_per_token() == 2 * (36 + 66));
}

TEST_CASE("Matrices decay, vectors do not, and every parameter is in one group") {
  Summing model(small_context(), true);
  const auto groups = model.parameter_groups();
  REQUIRE(groups.size() == 2);
  CHECK(groups[0].decay == 1.0);
  CHECK(groups[0].parameters.size() == 2);
  CHECK(groups[1].decay == 0.0);
  REQUIRE(groups[1].parameters.size() == 1);
  CHECK(groups[1].parameters[0].dim() == 1);
}

TEST_CASE("Decoding without a memory of one's own is forward over the last tokens") {
  Summing model(small_context(), false);
  const auto tokens = torch::randint(11, {2, 13}, torch::kLong);
  const auto state = model.initial_state(2);
  std::int64_t seen = 0;
  for (const std::int64_t part : {3, 1, 4, 1, 2, 2}) {
    const auto logits = model.decode(tokens.narrow(1, seen, part), *state);
    seen += part;
    const auto window = tokens.slice(1, std::max<std::int64_t>(0, seen - 8), seen);
    CHECK(torch::allclose(logits, model.forward(window).select(1, -1), 1e-5, 1e-6));
  }
}

TEST_CASE("Tokens that do not fit are refused with the numbers") {
  testing::BigramModel model(small_context());
  CHECK_THROWS_WITH(model.forward(torch::zeros({2, 9}, torch::kLong)),
                    Catch::Contains("9 tokens") && Catch::Contains("context of 8"));
  CHECK_THROWS_AS(model.forward(torch::zeros({2, 4})), Error);
  CHECK_THROWS_AS(model.forward(torch::zeros({4}, torch::kLong)), Error);
  CHECK_THROWS_AS(testing::BigramModel(ModelContext{}), Error);
}
