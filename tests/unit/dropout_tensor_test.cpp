#include <torch/torch.h>

#include <catch.hpp>
#include <etude/error.hpp>
#include <etude/nn/dropout.hpp>

using namespace etude;

namespace {

/// The factors that a dropout layer applies to rows first_row .. first_row + rows of step 5.
torch::Tensor mask(double probability, std::int64_t first_row, std::int64_t rows, std::int64_t row_size, std::int64_t step = 5,
                   std::uint64_t seed = 3) {
  const auto source = std::make_shared<nn::DropoutSource>();
  source->begin(seed, step, first_row);
  return nn::Dropout(probability, source)(torch::ones({rows, row_size}));
}

/// Restores the number of threads.
struct Threads {
  explicit Threads(int threads) : before(at::get_num_threads()) { at::set_num_threads(threads); }
  ~Threads() { at::set_num_threads(before); }
  int before;
};

double correlation(const torch::Tensor& a, const torch::Tensor& b) {
  return torch::corrcoef(torch::stack({a.flatten(), b.flatten()}))[0][1].item<double>();
}

}  // namespace

TEST_CASE("A dropout mask does not depend on how the batch is divided, nor on the number of threads") {
  const auto whole = mask(0.3, 0, 12, 40'000);
  for (const std::int64_t part : {1, 3, 4, 6}) {
    std::vector<torch::Tensor> parts;
    for (std::int64_t first = 0; first < 12; first += part) parts.push_back(mask(0.3, first, part, 40'000));
    CHECK(torch::equal(torch::cat(parts), whole));
  }
  for (const int threads : {1, 2, 3}) {
    const Threads scope(threads);
    CHECK(torch::equal(mask(0.3, 0, 12, 40'000), whole));
  }
}

TEST_CASE("Dropout keeps the stated share and scales what it keeps") {
  for (const double probability : {0.05, 0.1, 0.5, 0.9}) {
    const auto factors = mask(probability, 0, 50, 20'000);
    const double kept = (factors != 0).to(torch::kDouble).mean().item<double>();
    const double deviation = std::sqrt(probability * (1 - probability) / 1e6);
    CHECK(std::abs(kept - (1 - probability)) < 4 * deviation);
    const auto scale = factors.masked_select(factors != 0);
    CHECK(scale.min().item<double>() == Approx(1 / (1 - probability)).epsilon(1e-6));
    CHECK(scale.max().item<double>() == Approx(1 / (1 - probability)).epsilon(1e-6));
    // Each row and each column by itself, within five of its own deviations.
    const auto rows = (factors != 0).to(torch::kDouble).mean(1), columns = (factors != 0).to(torch::kDouble).mean(0);
    CHECK((rows - (1 - probability)).abs().max().item<double>() < 5 * deviation * std::sqrt(50.0));
    CHECK((columns - (1 - probability)).abs().max().item<double>() < 6 * deviation * std::sqrt(20'000.0));
  }
}

TEST_CASE("Masks of neighbouring rows, elements, steps, seeds and calls are unrelated") {
  const auto factors = mask(0.5, 0, 8, 100'000);
  const double limit = 5 / std::sqrt(100'000.0);
  for (std::int64_t row = 1; row < 8; ++row) CHECK(std::abs(correlation(factors[0], factors[row])) < limit);
  for (const std::int64_t shift : {1, 2, 16, 256, 4096})
    CHECK(std::abs(correlation(factors[0].slice(0, shift), factors[0].slice(0, 0, 100'000 - shift))) < limit);
  CHECK(std::abs(correlation(factors[0], mask(0.5, 0, 1, 100'000, 6)[0])) < limit);
  CHECK(std::abs(correlation(factors[0], mask(0.5, 0, 1, 100'000, 5, 4)[0])) < limit);
  const auto source = std::make_shared<nn::DropoutSource>();
  source->begin(3, 5, 0);
  nn::Dropout layer(0.5, source);
  const auto first = layer(torch::ones({1, 100'000})), second = layer(torch::ones({1, 100'000}));
  CHECK(torch::equal(first[0], factors[0]));
  CHECK(std::abs(correlation(first, second)) < limit);
}

TEST_CASE("The gradient of dropout is its mask, with and without a residual, for every type") {
  for (const auto type : {torch::kFloat, torch::kDouble, torch::kBFloat16, torch::kHalf}) {
    const auto source = std::make_shared<nn::DropoutSource>();
    nn::Dropout layer(0.25, source);
    auto branch = torch::full({3, 5, 7}, 1.0, torch::TensorOptions().dtype(type).requires_grad(true));
    auto residual = torch::full({3, 5, 7}, 2.0, torch::TensorOptions().dtype(type).requires_grad(true));
    source->begin(1, 1, 0);
    const auto plain = layer(branch);
    source->begin(1, 1, 0);
    const auto sum = layer->add(residual, branch);
    CHECK(sum.scalar_type() == type);
    CHECK(torch::allclose(sum - 2, plain, 1e-2, 1e-2));
    const auto weights = torch::arange(105).view({3, 5, 7}).to(type) / 105;
    (sum * weights).sum().backward();
    CHECK(torch::allclose(branch.grad(), plain.detach() * weights, 1e-2, 1e-2));
    CHECK(torch::equal(residual.grad(), weights));
  }
}

TEST_CASE("Dropout of a transposed tensor is dropout of its values") {
  const auto source = std::make_shared<nn::DropoutSource>();
  nn::Dropout layer(0.5, source);
  const auto x = torch::randn({4, 6, 8}).transpose(1, 2);
  source->begin(1, 1, 0);
  const auto strided = layer(x);
  source->begin(1, 1, 0);
  CHECK(torch::equal(strided, layer(x.contiguous())));
}

TEST_CASE("Dropout is the identity outside training and at probability zero") {
  const auto source = std::make_shared<nn::DropoutSource>();
  const auto x = torch::randn({4, 8});
  nn::Dropout layer(0.5, source);
  layer->eval();
  CHECK(torch::equal(layer(x), x));
  CHECK(torch::equal(layer->add(x, x), 2 * x));
  CHECK(torch::equal(nn::Dropout(0.0, source)(x), x));
  CHECK_THROWS_AS(nn::Dropout(1.0, source), Error);
}
