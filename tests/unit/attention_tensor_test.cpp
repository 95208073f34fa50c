#include <torch/torch.h>

#include <catch.hpp>
#include <etude/error.hpp>
#include <etude/nn/attention.hpp>

using namespace etude;

namespace {

/// Attention as the formula has it, one head at a time, in the type of qkv; `factors` [batch, n_head, time, time] multiply the
/// weights.
torch::Tensor by_formula(const torch::Tensor& qkv, std::int64_t n_head, const torch::Tensor& factors) {
  const std::int64_t width = qkv.size(2) / 3, head_width = width / n_head, time = qkv.size(1);
  std::vector<torch::Tensor> heads;
  for (std::int64_t head = 0; head < n_head; ++head) {
    const auto part = [&](std::int64_t which) { return qkv.narrow(2, which * width + head * head_width, head_width); };
    auto scores = torch::matmul(part(0), part(1).transpose(1, 2)) / std::sqrt(static_cast<double>(head_width));
    scores = scores + torch::full({time, time}, -1e300, torch::kDouble).triu(1).to(qkv.scalar_type());
    auto weights = torch::softmax(scores, -1);
    if (factors.defined()) weights = weights * factors.select(1, head);
    heads.push_back(torch::matmul(weights, part(2)));
  }
  return torch::cat(heads, 2);
}

/// The factors that dropout applied, read off by attending to values that are unit vectors with equal scores.
torch::Tensor factors_of(std::int64_t batch, std::int64_t n_head, std::int64_t time, double dropout, nn::DropoutSource& source) {
  // With queries of zero all visible weights of position i are 1 / (i + 1); value j is the j-th unit vector, so output is the
  // weights.
  auto qkv = torch::zeros({batch, time, 3, n_head, time}, torch::kDouble);
  qkv.select(2, 2).copy_(torch::eye(time, torch::kDouble).view({1, time, 1, time}).expand({batch, time, n_head, time}));
  const auto weights = nn::causal_attention(qkv.view({batch, time, -1}), n_head, dropout, &source);
  const auto visible = torch::arange(1, time + 1).to(torch::kDouble).view({1, 1, time, 1});
  return weights.view({batch, time, n_head, time}).transpose(1, 2) * visible;
}

}  // namespace

TEST_CASE("Fused attention and its gradient are the formula's, without dropout and with the same masks") {
  torch::manual_seed(1);
  // Times below, at and across the blocks of queries, and odd head widths.
  for (const std::int64_t time : {1, 5, 63, 64, 65, 130, 200})
    for (const double dropout : {0.0, 0.3}) {
      const std::int64_t batch = 2, n_head = 3, head_width = 7;
      nn::DropoutSource source;
      source.begin(11, 2, 4);
      const auto factors = dropout > 0 ? factors_of(batch, n_head, time, dropout, source) : torch::Tensor();
      const auto qkv = torch::randn({batch, time, 3 * n_head * head_width}, torch::kDouble) * 2;
      const auto weights = torch::randn({batch, time, n_head * head_width}, torch::kDouble);

      auto fused_input = qkv.clone().requires_grad_(), formula_input = qkv.clone().requires_grad_();
      source.begin(11, 2, 4);
      const auto fused = nn::causal_attention(fused_input, n_head, dropout, &source);
      const auto formula = by_formula(formula_input, n_head, factors);
      (fused * weights).sum().backward();
      (formula * weights).sum().backward();
      INFO("time " << time << ", dropout " << dropout);
      CHECK(torch::allclose(fused, formula, 1e-10, 1e-12));
      CHECK(torch::allclose(fused_input.grad(), formula_input.grad(), 1e-9, 1e-11));

      const auto single = nn::causal_attention(qkv.to(torch::kFloat), n_head, 0, nullptr);
      CHECK(torch::allclose(single, by_formula(qkv, n_head, {}).to(torch::kFloat), 1e-4, 1e-5));
    }
}

TEST_CASE("The gradient of fused attention with dropout is that of finite differences") {
  torch::manual_seed(2);
  nn::DropoutSource source;
  const auto qkv = torch::randn({1, 6, 3 * 4}, torch::kDouble), weights = torch::randn({1, 6, 4}, torch::kDouble);
  const auto value = [&](const torch::Tensor& input) {
    source.begin(5, 1, 0);
    return (nn::causal_attention(input, 2, 0.4, &source) * weights).sum();
  };
  auto input = qkv.clone().requires_grad_();
  value(input).backward();
  const double h = 1e-6;
  for (std::int64_t i = 0; i < qkv.numel(); ++i) {
    auto up = qkv.clone(), down = qkv.clone();
    up.view(-1)[i] += h;
    down.view(-1)[i] -= h;
    const double slope = (value(up) - value(down)).item<double>() / (2 * h);
    CHECK(input.grad().view(-1)[i].item<double>() == Approx(slope).margin(1e-8));
  }
}

TEST_CASE("Attention in float follows attention in double where scores are extreme") {
  torch::manual_seed(3);
  const auto qkv = torch::randn({2, 150, 3 * 32}, torch::kDouble) * 12;
  auto wide = qkv.clone().requires_grad_(), narrow = qkv.to(torch::kFloat).requires_grad_();
  const auto expected = nn::causal_attention(wide, 4, 0, nullptr), got = nn::causal_attention(narrow, 4, 0, nullptr);
  expected.square().sum().backward();
  got.square().sum().backward();
  CHECK(torch::isfinite(got).all().item<bool>());
  CHECK((got.to(torch::kDouble) - expected).norm().item<double>() < 1e-4 * expected.norm().item<double>());
  CHECK((narrow.grad().to(torch::kDouble) - wide.grad()).norm().item<double>() < 1e-3 * wide.grad().norm().item<double>());
}

TEST_CASE("Attention's masks do not depend on how the batch is divided, nor on the number of threads") {
  torch::manual_seed(4);
  const auto qkv = torch::randn({6, 70, 3 * 16});
  nn::DropoutSource source;
  const auto rows = [&](std::int64_t first, std::int64_t count) {
    source.begin(9, 3, first);
    return nn::causal_attention(qkv.narrow(0, first, count), 2, 0.2, &source);
  };
  const auto whole = rows(0, 6);
  CHECK(torch::equal(torch::cat({rows(0, 2), rows(2, 1), rows(3, 3)}), whole));
  const int before = at::get_num_threads();
  for (const int threads : {1, 2, 3}) {
    at::set_num_threads(threads);
    CHECK(torch::equal(rows(0, 6), whole));
  }
  at::set_num_threads(before);
}

TEST_CASE("Attention weights are dropped at the stated rate, each head and query by itself") {
  nn::DropoutSource source;
  source.begin(1, 1, 0);
  const std::int64_t time = 96;
  const auto factors = factors_of(4, 3, time, 0.2, source);
  const auto visible = torch::ones({time, time}, torch::kBool).tril().expand({4, 3, time, time});
  const auto seen = factors.masked_select(visible);
  const double n = static_cast<double>(seen.numel());
  CHECK(std::abs((seen == 0).to(torch::kDouble).mean().item<double>() - 0.2) < 4 * std::sqrt(0.16 / n));
  CHECK(seen.max().item<double>() == Approx(1.25));
  CHECK(factors.masked_select(visible.logical_not()).abs().max().item<double>() == 0);
  CHECK_FALSE(torch::equal(factors.select(1, 0), factors.select(1, 1)));
  CHECK_FALSE(torch::equal(factors[0], factors[1]));
}

TEST_CASE("Attention of bfloat16 is attention in float, rounded") {
  torch::manual_seed(5);
  auto qkv = torch::randn({2, 20, 24}).to(torch::kBFloat16).requires_grad_();
  const auto y = nn::causal_attention(qkv, 2, 0, nullptr);
  CHECK(y.scalar_type() == torch::kBFloat16);
  CHECK(torch::equal(y, nn::causal_attention(qkv.to(torch::kFloat), 2, 0, nullptr).to(torch::kBFloat16)));
  y.sum().backward();
  CHECK(qkv.grad().scalar_type() == torch::kBFloat16);
}

TEST_CASE("A cache gives the attention of the whole sequence, however it arrives") {
  torch::manual_seed(6);
  nn::CausalSelfAttention attention(nn::CausalSelfAttentionOptions{16, 4, 0.5, true}, std::make_shared<nn::DropoutSource>());
  attention->eval();
  const auto x = torch::randn({3, 12, 16});
  const auto whole = attention(x);
  for (const std::vector<std::int64_t>& parts : std::vector<std::vector<std::int64_t>>{{12}, {1, 1, 10}, {5, 4, 3}, {11, 1}}) {
    nn::KeyValueCache cache;
    std::vector<torch::Tensor> outputs;
    std::int64_t first = 0;
    for (const auto part : parts) {
      outputs.push_back(attention->decode(x.narrow(1, first, part), cache, 12));
      first += part;
    }
    CHECK(torch::allclose(torch::cat(outputs, 1), whole, 1e-5, 1e-6));
  }
}

TEST_CASE("Heads that do not divide the width are refused by name") {
  CHECK_THROWS_WITH(nn::CausalSelfAttention(nn::CausalSelfAttentionOptions{130, 4}, nullptr),
                    Catch::Contains("n_embd = 130") && Catch::Contains("n_head = 4"));
}
