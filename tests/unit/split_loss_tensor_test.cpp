#include <torch/torch.h>

#include <catch.hpp>
#include <cmath>
#include <evaluate/split_loss.hpp>
#include <numeric>
#include <temporary_directory.hpp>

#include "letter_corpus.hpp"
#include "tiny_model.hpp"

using namespace etude;
using etude::testing::corpus_of;
using etude::testing::make_bigram;
using etude::testing::TemporaryDirectory;

namespace {

EvaluationOptions options_for(std::int64_t context_length) {
  EvaluationOptions options;
  options.plan.context_length = context_length;
  options.batch_size = 3;
  options.part = "architecture bigram";
  return options;
}

/// Nats of every token given the one before it, the first given the separator, straight from the table.
std::vector<double> nats_by_hand(const torch::Tensor& table, const std::string& stream) {
  const auto log_probability = torch::log_softmax(table.to(torch::kDouble), 1);
  std::vector<double> nats;
  std::int64_t before = 26;
  for (const char letter : stream) {
    const std::int64_t id = letter == '\n' ? 26 : letter - 'a';
    nats.push_back(-log_probability[before][id].item<double>());
    before = id;
  }
  return nats;
}

}  // namespace

TEST_CASE("A split's loss is that of every token, each predicted once, for any window length") {
  const TemporaryDirectory directory;
  const auto corpus = corpus_of({"abcabc", "hello", "zz", "q"}, directory.path());
  const auto model = make_bigram(28, 100);
  {
    const torch::NoGradGuard no_grad;
    torch::manual_seed(5);
    model->table.normal_();
  }
  const auto nats = nats_by_hand(model->table, "abcabc\nhello\nzz\nq\n");
  for (const std::int64_t context : {1, 4, 5, 18, 100}) {
    const auto loss = measure_loss(*model, corpus, Split::validation, options_for(context));
    CHECK(loss.tokens == 18);
    CHECK(loss.nats == Approx(std::accumulate(nats.begin(), nats.end(), 0.0)).epsilon(1e-6));
    CHECK(loss.characters == 14);
    CHECK(loss.document_tokens == std::vector<std::int64_t>{7, 6, 3, 2});
    CHECK(loss.document_nats[1] == Approx(std::accumulate(nats.begin() + 7, nats.begin() + 13, 0.0)).epsilon(1e-6));
    CHECK(std::accumulate(loss.window_characters.begin(), loss.window_characters.end(), std::int64_t{0}) == 14);
    CHECK(std::accumulate(loss.window_tokens.begin(), loss.window_tokens.end(), std::int64_t{0}) == 18);
  }
}

TEST_CASE("Bits per character count the separators' nats but not their characters") {
  const TemporaryDirectory directory;
  const auto corpus = corpus_of({"ab", "c"}, directory.path());
  const auto model = make_bigram(28, 8);
  const auto loss = measure_loss(*model, corpus, Split::validation, options_for(8));
  CHECK(loss.bits_per_character() == Approx(5 * std::log2(28.0) / 3));
}

TEST_CASE("Some windows of a split are spread evenly over it") {
  const TemporaryDirectory directory;
  const auto corpus = corpus_of({std::string(39, 'a')}, directory.path());
  const auto model = make_bigram(28, 4);
  auto options = options_for(4);
  options.plan.windows = 5;
  const auto loss = measure_loss(*model, corpus, Split::validation, options);
  CHECK(loss.window_nats.size() == 5);
  CHECK(loss.tokens == 20);
  CHECK_FALSE(options.plan.covers_split());
}

TEST_CASE("The published protocol reads the first 13,120 tokens: 201 batches of 64 windows at stride 1") {
  WindowPlan plan;
  plan.context_length = 256;
  plan.stride = 1;
  plan.windows = 201 * 64;
  CHECK(window_count(plan, 13120) == 12864);
  CHECK(window_count(plan, 13119) == 12863);
  CHECK(window_count(plan, 1000000) == 12864);
}

TEST_CASE("A split without a window is an error that says what to change") {
  const TemporaryDirectory directory;
  auto corpus = corpus_of({"ab"}, directory.path());
  const auto model = make_bigram(28, 8);
  auto options = options_for(8);
  options.plan.stride = 8;
  CHECK_THROWS_WITH(measure_loss(*model, corpus, Split::validation, options), Catch::Contains("split.validation"));
}
