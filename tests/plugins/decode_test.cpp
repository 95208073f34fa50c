// decode() and generate() of the two families of architectures that the program brings.
#include <torch/torch.h>

#include <catch.hpp>
#include <generate/generate.hpp>
#include <set>
#include <unit/letters.hpp>

#include "architecture_models.hpp"

using namespace etude;
using namespace etude::testing;

namespace {

constexpr std::int64_t kVocabulary = 19;

Table options_of(const std::string& family) {
  if (family == "gpt") return {{"n_layer", 3}, {"n_embd", 40}, {"n_head", 2}};  // heads of 20: not a multiple of any vector
  return {{"hidden_size", 33}, {"num_layers", 3}};
}

std::shared_ptr<Architecture> family_model(const std::string& family, std::int64_t context_length) {
  const auto model = make_model(family, options_of(family), kVocabulary, context_length);
  randomise(*model);
  model->eval();
  return model;
}

torch::Tensor random_tokens(std::int64_t rows, std::int64_t time) {
  return torch::randint(kVocabulary, {rows, time}, torch::kLong);
}

/// decode()'s logits after each part of `tokens`.
std::vector<torch::Tensor> decoded(Architecture& model, const torch::Tensor& tokens, const std::vector<std::int64_t>& parts) {
  const torch::NoGradGuard no_grad;
  const auto state = model.initial_state(tokens.size(0));
  std::vector<torch::Tensor> logits;
  std::int64_t seen = 0;
  for (const auto part : parts) {
    logits.push_back(model.decode(tokens.narrow(1, seen, part), *state));
    seen += part;
  }
  return logits;
}

/// One thread while it lives: two gain nothing on models this small, and stall each other where other tests run beside.
class OneThread {
 public:
  OneThread() { torch::set_num_threads(1); }
  ~OneThread() { torch::set_num_threads(before_); }

 private:
  int before_ = torch::get_num_threads();
};

std::vector<std::string> draw(Architecture& model, std::int64_t count, std::int64_t tokens, std::int64_t batch,
                              const std::vector<TokenId>& separator = {}) {
  SampleRequest request;
  request.count = count;
  request.new_tokens = tokens;
  request.prompt = "ab";
  request.repetition_penalty = 1.1;
  request.top_p = 0.95;
  request.seed = 7;
  SamplingOptions options;
  options.batch_size = batch;
  options.part = "the model";
  return generate(model, Letters(), separator, request, options);
}

}  // namespace

TEST_CASE("Cached logits are those of the window without a cache, in both families and in float and double") {
  for (const std::string family : {"gpt", "lstm"})
    for (const auto type : {torch::kFloat, torch::kDouble}) {
      INFO(family << (type == torch::kDouble ? " in double" : " in float"));
      const auto model = family_model(family, 24);
      model->to(type);
      const auto tokens = random_tokens(5, 24);
      CHECK(decode_difference(*model, tokens, std::vector<std::int64_t>(24, 1)) < 1e-4);
      CHECK(decode_difference(*model, tokens, {5, 1, 3, 2, 1, 1, 4, 3, 4}) < 1e-4);
      CHECK(decode_difference(*model, tokens, {24}) < 1e-4);
    }
}

TEST_CASE("A GPT past its context sees the last window, an LSTM everything") {
  const std::vector<std::vector<std::int64_t>> cuts{std::vector<std::int64_t>(30, 1), {12, 1, 17}, {17, 1, 1, 11}, {30}};
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    const auto gpt = family_model("gpt", 12), lstm = family_model("lstm", 12), whole = family_model("lstm", 30);
    for (const auto& model : {gpt, lstm, whole}) model->to(type);
    const torch::NoGradGuard no_grad;
    for (const auto& parameter : whole->named_parameters()) parameter.value().copy_(lstm->named_parameters()[parameter.key()]);
    const auto tokens = random_tokens(3, 30);
    const auto expected = whole->forward(tokens);
    for (const auto& parts : cuts) {
      CHECK(decode_difference(*gpt, tokens, parts) < 1e-4);
      const auto logits = decoded(*lstm, tokens, parts);
      std::int64_t seen = 0;
      for (std::size_t i = 0; i < parts.size(); ++i) {
        seen += parts[i];
        CHECK((logits[i] - expected.select(1, seen - 1)).abs().max().item<double>() < 1e-4);
      }
    }
  }
}

TEST_CASE("A sequence's logits are the same to the last bit whatever is decoded beside it") {
  const int threads = torch::get_num_threads();
  for (const std::string family : {"gpt", "lstm"}) {
    INFO(family);
    const auto model = family_model(family, 16);
    const auto tokens = random_tokens(40, 20);
    const std::vector<std::int64_t> one_by_one(20, 1);
    const auto together = decoded(*model, tokens, one_by_one);
    for (const std::int64_t row : {0, 1, 15, 16, 31, 32, 39}) {
      const auto alone = decoded(*model, tokens.narrow(0, row, 1), one_by_one);
      for (std::size_t t = 0; t < alone.size(); ++t) REQUIRE(torch::equal(alone[t][0], together[t][row]));
    }
    CHECK(torch::equal(decoded(*model, tokens, {7, 6, 7}).back(), together.back()));
    torch::set_num_threads(3);
    CHECK(torch::equal(decoded(*model, tokens, one_by_one).back(), together.back()));
    torch::set_num_threads(threads);
  }
}

TEST_CASE("Rows that are let go of change nothing for those that stay") {
  const torch::NoGradGuard no_grad;
  for (const std::string family : {"gpt", "lstm"}) {
    INFO(family);
    const auto model = family_model(family, 16);
    const auto tokens = random_tokens(9, 20);
    const auto all = decoded(*model, tokens, std::vector<std::int64_t>(20, 1));
    const auto state = model->initial_state(9);
    state->live.assign(9, true);
    for (std::int64_t t = 0; t < 20; ++t) {
      if (t % 3 == 2) state->live[static_cast<std::size_t>(t / 3 * 5 % 9)] = false;
      const auto logits = model->decode(tokens.narrow(1, t, 1), *state);
      REQUIRE(logits.sizes() == torch::IntArrayRef({9, kVocabulary}));
      for (const auto row : state->live_rows(9)) REQUIRE(torch::equal(logits[row], all[static_cast<std::size_t>(t)][row]));
    }
    state->live.assign(9, false);
    CHECK_NOTHROW(model->decode(tokens.narrow(1, 0, 1), *state));
  }
}

TEST_CASE("500 texts of 256 tokens are the same one at a time, three and 32 at a time") {
  const OneThread one_thread;
  for (const std::string family : {"gpt", "lstm"}) {
    INFO(family);
    const auto model = family_model(family, 260);
    const auto texts = draw(*model, 500, 256, 32);
    CHECK(std::set<std::string>(texts.begin(), texts.end()).size() == 500);
    CHECK(draw(*model, 500, 256, 3) == texts);
    CHECK(draw(*model, 500, 256, 1) == texts);
  }
}

TEST_CASE("Texts that end early and go past the context are the same for any batch, too") {
  const OneThread one_thread;
  for (const std::string family : {"gpt", "lstm"}) {
    INFO(family);
    const auto model = family_model(family, 16);
    const auto texts = draw(*model, 45, 40, 32, {3});
    CHECK(std::set<std::size_t>({texts[0].size(), texts[1].size(), texts[2].size(), texts[3].size()}).size() > 1);
    for (const std::int64_t batch : {1, 3, 17}) CHECK(draw(*model, 45, 40, batch, {3}) == texts);
  }
}
