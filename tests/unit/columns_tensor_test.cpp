#include <torch/torch.h>

#include <catch.hpp>
#include <etude/nn/columns.hpp>

using namespace etude;

namespace {

// Fewer than half a tile, half of one, a whole one, and several with a rest.
const std::vector<std::int64_t> counts{1, 16, 17, 32, 75};

double difference(const nn::Columns& columns, const torch::Tensor& expected) {
  return (nn::to_rows(columns) - expected).abs().max().item<double>();
}

}  // namespace

TEST_CASE("Rows become columns and rows again, and columns can be chosen") {
  for (const auto count : counts) {
    const auto rows = torch::randn({count, 5});
    const auto columns = nn::to_columns(rows);
    CHECK(columns.features() == 5);
    CHECK(torch::equal(nn::to_rows(columns), rows));
    CHECK(torch::equal(nn::to_rows(nn::select_columns(columns, {count - 1, 0})),
                       rows.index_select(0, torch::tensor({count - 1, std::int64_t{0}}))));
  }
}

TEST_CASE("A linear layer over columns is the linear layer, for any sizes") {
  for (const auto count : counts)
    for (const auto& [in, out] : {std::pair<std::int64_t, std::int64_t>{1, 1}, {7, 8}, {64, 19}, {33, 100}}) {
      const auto x = torch::randn({count, in}), weight = torch::randn({out, in}), bias = torch::randn(out),
                 sum = torch::randn({count, out});
      CHECK(difference(nn::linear(nn::to_columns(x), weight), torch::linear(x, weight)) < 2e-5);
      CHECK(difference(nn::linear(nn::to_columns(x), weight, bias), torch::linear(x, weight, bias)) < 2e-5);
      auto added = nn::to_columns(sum);
      nn::add_linear(added, nn::to_columns(x), weight, bias);
      CHECK(difference(added, sum + torch::linear(x, weight, bias)) < 2e-5);
    }
  CHECK_THROWS(nn::linear(nn::to_columns(torch::zeros({2, 3})), torch::zeros({4, 5})));
  CHECK_THROWS(nn::linear(nn::to_columns(torch::zeros({2, 3})), torch::zeros({4, 3}, torch::kDouble)));
  CHECK_THROWS(nn::linear(nn::to_columns(torch::zeros({2, 3})), torch::zeros({4, 3}), torch::zeros(5)));
}

TEST_CASE("Normalization over columns is the layer's") {
  torch::nn::LayerNorm norm(torch::nn::LayerNormOptions({37}).eps(1e-3));
  const torch::NoGradGuard no_grad;
  norm->weight.normal_();
  norm->bias.normal_();
  for (const auto count : counts) {
    const auto x = torch::randn({count, 37}) * 3 + 50;
    CHECK(difference(nn::layer_norm(nn::to_columns(x), norm), norm(x)) < 1e-4);
  }
}

TEST_CASE("The exact GELU of columns is the exact GELU, in the tails too") {
  const auto x = torch::linspace(-40, 40, 10'001).unsqueeze(1);
  auto columns = nn::to_columns(x);
  nn::gelu(columns);
  CHECK(difference(columns, torch::gelu(x)) < 5e-7 * 40);
  CHECK(((nn::to_rows(columns) - torch::gelu(x.to(torch::kDouble))).abs() / (1 + x.abs())).max().item<double>() < 5e-7);
}

TEST_CASE("A step of a long short-term memory over columns is one of torch::lstm") {
  const torch::NoGradGuard no_grad;
  for (const auto count : counts) {
    const auto gates = torch::randn({count, 4 * 11}) * 4, cell = torch::randn({count, 11});
    auto hidden = nn::to_columns(torch::zeros({count, 11})), state = nn::to_columns(cell);
    nn::lstm_step(nn::to_columns(gates), hidden, state);
    const auto parts = gates.chunk(4, 1);
    const auto expected = torch::sigmoid(parts[1]) * cell + torch::sigmoid(parts[0]) * torch::tanh(parts[2]);
    CHECK(difference(state, expected) < 2e-6);
    CHECK(difference(hidden, torch::sigmoid(parts[3]) * torch::tanh(expected)) < 2e-6);
  }
}

TEST_CASE("Attention to a cache of columns is causal attention over everything seen") {
  for (const std::int64_t head_width : {1, 16, 20, 48, 64}) {
    constexpr std::int64_t batch = 5, heads = 3, time = 150;
    const auto width = heads * head_width;
    const auto qkv = torch::randn({batch, time, 3 * width});
    const auto split = [&](std::int64_t part) {
      return qkv.narrow(2, part * width, width).view({batch, time, heads, head_width}).transpose(1, 2);
    };
    const auto expected = torch::scaled_dot_product_attention(split(0), split(1), split(2), {}, 0, true)
                              .transpose(1, 2)
                              .reshape({batch, time, width});
    nn::ColumnCache cache(8, heads, head_width, time);
    const std::vector<std::int64_t> places{6, 0, 3, 7, 1};
    std::int64_t seen = 0;
    for (const std::int64_t fresh : {7, 1, 8, 1, 15, 64, 1, 1, 52}) {
      const auto columns = nn::to_columns(qkv.narrow(1, seen, fresh).reshape({batch * fresh, 3 * width}));
      REQUIRE(difference(cache.attend(columns, places, seen), expected.narrow(1, seen, fresh).reshape({batch * fresh, width})) <
              1e-5);
      seen += fresh;
    }
    CHECK_THROWS(cache.attend(nn::to_columns(torch::zeros({batch, 3 * width})), places, time));
    CHECK_THROWS(cache.attend(nn::to_columns(torch::zeros({1, 3 * width})), {8}, 0));
  }
}

TEST_CASE("What is no number stays none, and stays in its column") {
  auto x = torch::randn({20, 9});
  x[3][4] = std::nan("");
  const auto weight = torch::randn({6, 9});
  const auto y = nn::to_rows(nn::linear(nn::to_columns(x), weight));
  CHECK(y[3].isnan().all().item<bool>());
  CHECK(y.isnan().sum().item<std::int64_t>() == 6);
  auto columns = nn::to_columns(x);
  nn::gelu(columns);
  CHECK(nn::to_rows(columns).isnan().sum().item<std::int64_t>() == 1);
}
