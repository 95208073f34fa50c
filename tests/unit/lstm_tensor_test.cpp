#include <torch/torch.h>

#include <catch.hpp>
#include <etude/error.hpp>
#include <etude/nn/lstm.hpp>

using namespace etude;

namespace {

std::shared_ptr<nn::DropoutSource> a_source() { return std::make_shared<nn::DropoutSource>(); }

}  // namespace

TEST_CASE("The LSTM is LibTorch's own, output, state and gradients, given the same weights") {
  torch::manual_seed(1);
  for (const auto type : {torch::kFloat, torch::kDouble}) {
    nn::Lstm ours(nn::LstmOptions{6, 10, 3, 0.0}, a_source());
    torch::nn::LSTM theirs(torch::nn::LSTMOptions(6, 10).num_layers(3).batch_first(true));
    ours->to(type);
    theirs->to(type);
    {
      const torch::NoGradGuard no_grad;
      for (const auto& parameter : theirs->named_parameters()) parameter.value().copy_(ours->named_parameters()[parameter.key()]);
    }
    auto x = torch::randn({4, 9, 6}, type), x2 = x.clone();
    x.requires_grad_();
    x2.requires_grad_();
    nn::LstmState state;
    const auto y = ours->forward(x, &state);
    const auto [y2, state2] = theirs(x2);
    CHECK(torch::allclose(y, y2, 1e-5, 1e-6));
    CHECK(torch::allclose(state.hidden, std::get<0>(state2), 1e-5, 1e-6));
    CHECK(torch::allclose(state.cell, std::get<1>(state2), 1e-5, 1e-6));

    const auto weights = torch::randn_like(y);
    (y * weights).sum().backward();
    (y2 * weights).sum().backward();
    CHECK(torch::allclose(x.grad(), x2.grad(), 1e-4, 1e-5));
    for (const auto& parameter : theirs->named_parameters())
      CHECK(torch::allclose(ours->named_parameters()[parameter.key()].grad(), parameter.value().grad(), 1e-4, 1e-5));
  }
}

TEST_CASE("Without a state the LSTM starts at zero") {
  nn::Lstm lstm(nn::LstmOptions{4, 5, 2, 0.0}, a_source());
  const auto x = torch::randn({3, 7, 4});
  nn::LstmState zero{torch::zeros({2, 3, 5}), torch::zeros({2, 3, 5})};
  CHECK(torch::allclose(lstm->forward(x), lstm->forward(x, &zero), 1e-6, 1e-7));
}

TEST_CASE("A carried state continues the sequence") {
  nn::Lstm lstm(nn::LstmOptions{4, 5, 2, 0.3}, a_source());
  lstm->eval();
  const auto x = torch::randn({3, 7, 4});
  nn::LstmState state;
  const auto first = lstm->forward(x.narrow(1, 0, 3), &state), rest = lstm->forward(x.narrow(1, 3, 4), &state);
  CHECK(torch::allclose(torch::cat({first, rest}, 1), lstm->forward(x), 1e-5, 1e-6));
}

TEST_CASE("Dropout between LSTM layers is the same in every division of the batch") {
  const auto source = a_source();
  nn::Lstm lstm(nn::LstmOptions{4, 5, 3, 0.5}, source);
  const auto x = torch::randn({6, 7, 4});
  const auto rows = [&](std::int64_t first, std::int64_t count) {
    source->begin(1, 1, first);
    return lstm->forward(x.narrow(0, first, count));
  };
  const auto whole = rows(0, 6);
  CHECK(torch::allclose(torch::cat({rows(0, 2), rows(2, 4)}), whole, 1e-5, 1e-6));
  source->begin(1, 2, 0);
  CHECK_FALSE(torch::allclose(lstm->forward(x), whole, 1e-5, 1e-6));
}

TEST_CASE("An LSTM starts uniform within one over the root of its width") {
  nn::Lstm lstm(nn::LstmOptions{64, 64, 1, 0.0}, a_source());
  const auto& weight = lstm->named_parameters()["weight_hh_l0"];
  CHECK(weight.abs().max().item<double>() <= 1.0 / 8);
  CHECK(weight.std().item<double>() == Approx(1.0 / 8 / std::sqrt(3.0)).epsilon(0.02));
  CHECK_THROWS_AS(nn::Lstm(nn::LstmOptions{4, 0, 1, 0.0}, a_source()), Error);
}
