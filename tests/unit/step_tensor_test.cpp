#include <torch/torch.h>

#include <catch.hpp>
#include <cmath>
#include <limits>
#include <train/step.hpp>

#include "tiny_model.hpp"

using namespace etude;
using etude::testing::make_bigram;

namespace {

torch::Tensor random_windows(std::int64_t rows, std::int64_t time, std::int64_t vocab_size) {
  torch::manual_seed(7);
  return torch::randint(vocab_size, {rows, time + 1}, torch::kLong);
}

/// One AdamW update of a table from zero moments, in double, written from the paper's algorithm 2.
torch::Tensor adamw_by_hand(const torch::Tensor& before, const torch::Tensor& gradient, double rate,
                            const AdamWOptions& options) {
  const auto first = (1 - options.beta1) * gradient;
  const auto second = (1 - options.beta2) * gradient * gradient;
  const auto unbiased_first = first / (1 - options.beta1);
  const auto unbiased_second = second / (1 - options.beta2);
  return before - rate * (unbiased_first / (unbiased_second.sqrt() + options.epsilon) + options.weight_decay * before);
}

/// Gradient of the mean cross-entropy of a bigram table, from the closed form softmax - one-hot.
torch::Tensor gradient_by_hand(const torch::Tensor& table, const torch::Tensor& windows) {
  auto gradient = torch::zeros_like(table);
  const auto count = windows.size(0) * (windows.size(1) - 1);
  for (std::int64_t row = 0; row < windows.size(0); ++row)
    for (std::int64_t t = 0; t + 1 < windows.size(1); ++t) {
      const auto input = windows[row][t].item<std::int64_t>();
      gradient[input] += torch::softmax(table[input], 0) / count;
      gradient[input][windows[row][t + 1].item<std::int64_t>()] -= 1.0 / static_cast<double>(count);
    }
  return gradient;
}

}  // namespace

TEST_CASE("A step is the AdamW update of the mean cross-entropy's gradient") {
  const auto model = make_bigram(5, 8);
  {
    const torch::NoGradGuard no_grad;
    model->table.copy_(torch::randn({5, 5}));
  }
  const auto before = model->table.detach().to(torch::kDouble).clone();
  const auto windows = random_windows(4, 8, 5);
  const auto gradient = gradient_by_hand(before, windows);

  StepOptions options;
  TrainStep step(model, "architecture bigram", options);
  const auto result = step.run(windows, 1, 0.01);

  CHECK(result.grad_norm == Approx(gradient.norm().item<double>()).epsilon(1e-5));
  const auto expected = adamw_by_hand(before, gradient, 0.01, options.adamw);
  CHECK((model->table.detach().to(torch::kDouble) - expected).abs().max().item<double>() < 1e-6);
}

TEST_CASE("The loss of a model that knows nothing is the logarithm of the vocabulary") {
  const auto model = make_bigram(16, 8);
  TrainStep step(model, "architecture bigram", {});
  CHECK(step.run(random_windows(4, 8, 16), 1, 0.01).loss == Approx(std::log(16.0)));
}

TEST_CASE("Accumulating over parts of a batch is the step over the whole batch") {
  const auto whole_model = make_bigram(5, 8);
  const auto parts_model = make_bigram(5, 8);
  StepOptions in_parts;
  in_parts.accumulate = 4;
  TrainStep whole(whole_model, "architecture bigram", {});
  TrainStep parts(parts_model, "architecture bigram", in_parts);
  for (int i = 1; i <= 3; ++i) {
    const auto windows = random_windows(8, 8, 5);
    CHECK(whole.run(windows, i, 0.01).loss == Approx(parts.run(windows, i, 0.01).loss).epsilon(1e-6));
  }
  CHECK(torch::allclose(whole_model->table, parts_model->table, 1e-4, 1e-6));
}

TEST_CASE("Clipping scales the gradient to the norm that was asked for, and reports the norm before") {
  const auto model = make_bigram(5, 8);
  StepOptions options;
  options.clip_norm = 1e-3;
  TrainStep step(model, "architecture bigram", options);
  const auto result = step.run(random_windows(4, 8, 5), 1, 0.01);
  CHECK(result.grad_norm > 1e-2);
  CHECK(model->table.grad().norm().item<double>() == Approx(1e-3).epsilon(0.01));
}

TEST_CASE("A loss that is not finite stops training, with the parameters as they were") {
  const auto model = make_bigram(5, 8);
  {
    const torch::NoGradGuard no_grad;
    model->table[2][3] = std::numeric_limits<float>::infinity();
  }
  const auto before = model->table.detach().clone();
  TrainStep step(model, "architecture bigram", {});
  CHECK_THROWS_WITH(step.run(random_windows(8, 8, 5), 12, 0.01), Catch::Contains("step 12") && Catch::Contains("learning_rate"));
  CHECK(torch::equal(model->table, before));
}

TEST_CASE("Weight decay follows the architecture's groups unless all parameters are asked for") {
  class WithGain final : public Architecture {
   public:
    explicit WithGain(const ModelContext& context) : Architecture(context) {
      table = register_parameter("table", torch::ones({context.vocab_size, context.vocab_size}));
      gain = register_parameter("gain", torch::ones({context.vocab_size}));
    }
    torch::Tensor forward(const torch::Tensor& tokens) override { return torch::embedding(table * gain * 0, tokens); }
    torch::Tensor table, gain;
  };
  ModelContext context;
  context.vocab_size = 5;
  context.context_length = 8;
  for (const bool all : {false, true}) {
    const auto model = std::make_shared<WithGain>(context);
    StepOptions options;
    options.adamw.weight_decay = 0.5;
    options.adamw.decay_all = all;
    TrainStep step(model, "architecture gain", options);
    step.run(random_windows(4, 8, 5), 1, 0.1);
    // The gradient is zero, so that decay alone moves anything: by rate x decay.
    CHECK(model->table[0][0].item<double>() == Approx(0.95));
    CHECK(model->gain[0].item<double>() == Approx(all ? 0.95 : 1.0));
  }
}
