#include <torch/torch.h>

#include <array>
#include <catch.hpp>
#include <generate/generate.hpp>

#include "letters.hpp"
#include "tiny_model.hpp"

using namespace etude;
using etude::testing::Letters;
using etude::testing::make_bigram;

namespace {

const SamplingOptions options = [] { SamplingOptions o; o.part = "architecture bigram"; return o; }();

/// A model that goes a, b, c, ..., separator for sure.
std::shared_ptr<etude::testing::BigramModel> alphabet_model(std::int64_t vocab_size) {
  const auto model = make_bigram(vocab_size, 8);
  const torch::NoGradGuard no_grad;
  for (std::int64_t id = 0; id < vocab_size; ++id) model->table[id][(id + 1) % vocab_size] = 50.0;
  return model;
}

SampleRequest request_for(std::int64_t count, std::int64_t tokens) {
  SampleRequest request;
  request.count = count;
  request.new_tokens = tokens;
  request.seed = 1;
  return request;
}

}  // namespace

TEST_CASE("Temperature zero chooses the likeliest token whatever is drawn") {
  CHECK(choose_token({0.1, 3.0, 2.9}, 0, 0.999) == 1);
}

TEST_CASE("Tokens are drawn as often as the softmax says") {
  const std::vector<double> logits{std::log(0.5), std::log(0.3), std::log(0.2)};
  std::array<int, 3> drawn{};
  constexpr int draws = 10000;
  for (int i = 0; i < draws; ++i) ++drawn[static_cast<std::size_t>(choose_token(logits, 1.0, (i + 0.5) / draws))];
  CHECK(drawn == std::array<int, 3>{5000, 3000, 2000});
  CHECK(choose_token(logits, 1.0, 0.0) == 0);
  CHECK(choose_token(logits, 1.0, std::nextafter(1.0, 0.0)) == 2);
}

TEST_CASE("A low temperature sharpens the distribution") {
  const std::vector<double> logits{std::log(0.6), std::log(0.4)};
  // At temperature 1/2 the odds 3:2 become 9:4.
  CHECK(choose_token(logits, 0.5, 9.0 / 13.0 - 1e-6) == 0);
  CHECK(choose_token(logits, 0.5, 9.0 / 13.0 + 1e-6) == 1);
}

TEST_CASE("A text ends before the separator") {
  const Letters tokenizer;  // ids 0..25 are a..z, 26 the line end
  const auto model = alphabet_model(27);
  const auto texts = generate(*model, tokenizer, {26}, request_for(2, 100), options);
  CHECK(texts == std::vector<std::string>(2, "abcdefghijklmnopqrstuvwxyz"));
}

TEST_CASE("A text has at most the tokens that were asked for, after its prompt") {
  const Letters tokenizer;
  const auto model = alphabet_model(27);
  auto request = request_for(1, 3);
  request.prompt = "xm";
  CHECK(generate(*model, tokenizer, {26}, request, options).front() == "xmnop");
}

TEST_CASE("Equal seeds give equal texts, for any batch size") {
  const Letters tokenizer;
  const auto model = make_bigram(27, 8);
  auto request = request_for(7, 40);
  options.batch_size = 16;
  const auto at_once = generate(*model, tokenizer, {26}, request, options);
  options.batch_size = 3;
  CHECK(generate(*model, tokenizer, {26}, request, options) == at_once);
  request.seed = 2;
  CHECK(generate(*model, tokenizer, {26}, request, options) != at_once);
}

TEST_CASE("A prompt that the tokenizer cannot express is refused, naming its characters") {
  const Letters tokenizer;
  const auto model = make_bigram(28, 8);
  auto request = request_for(1, 3);
  request.prompt = "aXé";
  CHECK_THROWS_WITH(generate(*model, tokenizer, {26}, request, options), Catch::Contains("'X'") && Catch::Contains("'é'"));
}
