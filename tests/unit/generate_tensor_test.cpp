#include <torch/torch.h>

#include <catch.hpp>
#include <generate/generate.hpp>
#include <map>
#include <set>

#include "letters.hpp"
#include "tiny_model.hpp"

using namespace etude;
using etude::testing::Letters;
using etude::testing::make_bigram;

namespace {

/// Of a model of a..z and line ends.
ModelContext letters_context() { return {27, 8}; }

SamplingOptions bigram_options() {
  SamplingOptions options;
  options.part = "architecture bigram";
  return options;
}

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

TEST_CASE("A text ends before the separator") {
  const Letters tokenizer;  // ids 0..25 are a..z, 26 the line end
  const auto model = alphabet_model(27);
  const auto texts = generate(*model, tokenizer, {26}, request_for(2, 100), bigram_options());
  CHECK(texts == std::vector<std::string>(2, "abcdefghijklmnopqrstuvwxyz"));
}

TEST_CASE("A text has at most the tokens that were asked for, after its prompt") {
  const Letters tokenizer;
  const auto model = alphabet_model(27);
  auto request = request_for(1, 3);
  request.prompt = "xm";
  CHECK(generate(*model, tokenizer, {26}, request, bigram_options()).front() == "xmnop");
}

/// A model of the neighbours' tokens, so that a row that isn't kept apart shows.
class CrossTalk final : public Architecture {
 public:
  using Architecture::Architecture;
  torch::Tensor forward(const torch::Tensor& tokens) override {
    shapes.push_back(tokens.size(0));
    const auto rows = torch::arange(tokens.size(0), torch::kFloat).view({-1, 1, 1});
    const auto ids = torch::arange(vocab_size(), torch::kFloat);
    return (tokens.unsqueeze(2) * (ids + 1) + rows * 0.37 * ids).sin() * 2;
  }
  std::vector<std::int64_t> shapes;
};

TEST_CASE("Equal seeds give equal texts for any batch size, even from a model whose results depend on the row") {
  const Letters tokenizer;
  CrossTalk model(letters_context());
  auto request = request_for(70, 40);
  std::vector<std::vector<std::string>> texts;
  for (const std::int64_t batch : {32, 1, 3, 31}) {
    auto options = bigram_options();
    options.batch_size = batch;
    texts.push_back(generate(model, tokenizer, {26}, request, options));
    CHECK(texts.back() == texts.front());
  }
  CHECK(std::set<std::string>(texts[0].begin(), texts[0].end()).size() > 60);
  CHECK(std::set<std::int64_t>(model.shapes.begin(), model.shapes.end()) == std::set<std::int64_t>{kDecodeRows});
  request.seed = 2;
  CHECK(generate(model, tokenizer, {26}, request, bigram_options()) != texts.front());
}

TEST_CASE("More texts begin with the same ones") {
  const Letters tokenizer;
  const auto model = make_bigram(27, 8);
  const auto few = generate(*model, tokenizer, {26}, request_for(5, 20), bigram_options());
  auto many = generate(*model, tokenizer, {26}, request_for(50, 20), bigram_options());
  many.resize(5);
  CHECK(many == few);
}

/// Notes which rows it was told to look at.
class Watched final : public Architecture {
 public:
  using Architecture::Architecture;
  torch::Tensor forward(const torch::Tensor& tokens) override {
    // The chance of the line end, which ends a text, is a half.
    auto logits = torch::zeros({tokens.size(0), tokens.size(1), vocab_size()});
    logits.select(2, 26).fill_(std::log(26.0));
    return logits;
  }
  torch::Tensor decode(const torch::Tensor& tokens, DecodeState& state) override {
    live.push_back(static_cast<std::size_t>(std::count(state.live.begin(), state.live.end(), true)));
    return Architecture::decode(tokens, state);
  }
  std::vector<std::size_t> live;
};

TEST_CASE("A model is told which rows still matter, and is left alone when none does") {
  const Letters tokenizer;
  Watched model(letters_context());
  auto options = bigram_options();
  options.batch_size = 20;
  const auto texts = generate(model, tokenizer, {26}, request_for(20, 1000), options);
  std::vector<std::size_t> expected;
  for (std::size_t step = 0;; ++step) {
    const auto alive = std::count_if(texts.begin(), texts.end(), [&](const auto& text) { return text.size() >= step; });
    if (alive == 0) break;
    expected.push_back(static_cast<std::size_t>(alive));
  }
  CHECK(model.live == expected);
}

TEST_CASE("Of a call that ends early the caller knows the texts that were finished") {
  const Letters tokenizer;
  Watched model(letters_context());
  auto options = bigram_options();
  options.batch_size = 20;
  const auto texts = generate(model, tokenizer, {26}, request_for(50, 1000), options);
  std::map<std::int64_t, std::string> finished;
  options.finished = [&](std::int64_t index, std::string text) { finished[index] = std::move(text); };
  CHECK(generate(model, tokenizer, {26}, request_for(50, 1000), options) == texts);
  CHECK(finished.size() == 50);

  finished.clear();
  options.progress = [](std::int64_t done, std::int64_t) {
    if (done == 20 * 1000 + 20 * 2) throw Error("enough");  // each of the second batch has two tokens, the end's included
  };
  CHECK_THROWS_WITH(generate(model, tokenizer, {26}, request_for(50, 1000), options), "enough");
  std::map<std::int64_t, std::string> expected;
  for (std::int64_t i = 0; i < 40; ++i)
    if (const auto& text = texts[static_cast<std::size_t>(i)]; i < 20 || text.size() < 2) expected[i] = text;
  CHECK(finished == expected);
  CHECK(expected.size() < 40);
}

TEST_CASE("A prompt longer than the context is read in parts, and all of it begins the text") {
  const Letters tokenizer;
  const auto model = alphabet_model(27);
  auto request = request_for(1, 3);
  for (int i = 0; i < 100; ++i) request.prompt += "ab";
  CHECK(generate(*model, tokenizer, {26}, request, bigram_options()).front() == request.prompt + "cde");
}

TEST_CASE("A model is as it was after sampling, even after an error") {
  const Letters tokenizer;
  const auto model = alphabet_model(27);
  model->train();
  generate(*model, tokenizer, {26}, request_for(1, 3), bigram_options());
  CHECK(model->is_training());
  const torch::NoGradGuard no_grad;
  model->table.fill_(std::nan(""));
  CHECK_THROWS_WITH(generate(*model, tokenizer, {26}, request_for(1, 3), bigram_options()), Catch::Contains("no finite numbers"));
  CHECK(model->is_training());
}

TEST_CASE("What a model does wrong in decode is said with its name") {
  class Narrow final : public Architecture {
   public:
    using Architecture::Architecture;
    torch::Tensor forward(const torch::Tensor& tokens) override { return torch::zeros({tokens.size(0), tokens.size(1), 3}); }
  };
  Narrow model(letters_context());
  CHECK_THROWS_WITH(generate(model, Letters(), {26}, request_for(1, 3), bigram_options()),
                    Catch::Contains("architecture bigram") && Catch::Contains("[32, 27]") && Catch::Contains("[32, 3]"));
}

TEST_CASE("Values out of their range are refused before the model is asked") {
  const auto model = alphabet_model(27);
  auto request = request_for(0, 3);
  CHECK_THROWS_WITH(generate(*model, Letters(), {26}, request, bigram_options()), Catch::Contains("number of texts"));
  auto options = bigram_options();
  for (const std::int64_t batch : {0, 33}) {
    options.batch_size = batch;
    CHECK_THROWS_WITH(generate(*model, Letters(), {26}, request_for(1, 3), options), Catch::Contains("between 1 and 32"));
  }
  CHECK_THROWS_WITH(generate(*model, Letters(), {}, request_for(1, 3), bigram_options()),
                    Catch::Contains("nothing to start from"));
}

TEST_CASE("A prompt that the tokenizer cannot express is refused, naming its characters") {
  const Letters tokenizer;
  const auto model = make_bigram(28, 8);
  auto request = request_for(1, 3);
  request.prompt = "aXé";
  CHECK_THROWS_WITH(generate(*model, tokenizer, {26}, request, bigram_options()),
                    Catch::Contains("'X'") && Catch::Contains("'é'"));
}
