#include <torch/torch.h>

#include <cmath>
#include <etude/architecture.hpp>
#include <unordered_map>

#include "promises.hpp"

namespace etude::testing {
namespace {

using Make = std::function<std::shared_ptr<Architecture>(const ModelContext&)>;

constexpr std::int64_t rows = 4;

bool close(const torch::Tensor& a, const torch::Tensor& b) { return a.sizes() == b.sizes() && torch::allclose(a, b, 1e-4, 1e-5); }

torch::Tensor random_tokens(const Architecture& model, std::int64_t batch, std::int64_t time) {
  return torch::randint(model.vocab_size(), {batch, time}, torch::kLong);
}

/// Weights as training would leave them: with gains of one and biases of zero, mistakes in their use would not show.
void disturb(Architecture& model) {
  torch::NoGradGuard no_grad;
  for (auto& parameter : model.parameters()) parameter.add_(0.1 * torch::randn_like(parameter));
}

void check_forward(Architecture& model, Promises& promises) {
  torch::NoGradGuard no_grad;
  const auto vocabulary = model.vocab_size(), context = model.context_length();
  for (const std::int64_t time : {std::int64_t{1}, std::int64_t{3}, context}) {
    const auto logits = model.forward(random_tokens(model, rows, time));
    promises.expect(logits.sizes() == torch::IntArrayRef({rows, time, vocabulary}),
                    text("forward() of ", time, " tokens is [batch, time, vocab_size]"));
    promises.expect(logits.is_floating_point() && logits.isfinite().all().item<bool>(),
                    "logits are finite floating-point numbers");
  }
  const auto tokens = random_tokens(model, rows, context);
  const auto logits = model.forward(tokens);
  promises.expect(close(model.forward(tokens), logits), "forward() of the same tokens gives the same logits outside training");
  promises.expect(close(model.forward(tokens.slice(0, 1, 2)), logits.slice(0, 1, 2)),
                  "a row's logits do not depend on the other rows");
  promises.expect(close(model.forward(tokens.slice(1, 0, 3)), logits.slice(1, 0, 3)),
                  "logits do not depend on how many tokens follow");
  for (const std::int64_t changed : {std::int64_t{1}, context / 2, context - 1}) {
    auto other = tokens.clone();
    other.select(1, changed).copy_((tokens.select(1, changed) + 1) % vocabulary);
    promises.expect(close(model.forward(other).slice(1, 0, changed), logits.slice(1, 0, changed)),
                    text("logits before position ", changed, " do not depend on the token there"));
  }
}

void check_refusals(Architecture& model, Promises& promises) {
  torch::NoGradGuard no_grad;
  promises.expect_error("more tokens than context_length are an Error",
                        [&] { model.forward(random_tokens(model, 1, model.context_length() + 1)); });
  promises.expect_error("no tokens at all are an Error", [&] { model.forward(random_tokens(model, 1, 0)); });
  promises.expect_error("tokens that are not [batch, time] are an Error",
                        [&] { model.forward(torch::zeros({4}, torch::kLong)); });
}

void check_decode(Architecture& model, Promises& promises) {
  torch::NoGradGuard no_grad;
  const auto tokens = random_tokens(model, 2, model.context_length());
  const auto logits = model.forward(tokens);
  const auto single = model.initial_state(2);
  bool same = true;
  for (std::int64_t t = 0; t < tokens.size(1); ++t)
    same = same && close(model.decode(tokens.slice(1, t, t + 1), *single), logits.select(1, t));
  promises.expect(same, "decode() token by token gives the logits of forward()");

  const auto prompted = model.initial_state(2);
  const auto prompt = tokens.size(1) - 3;
  same = close(model.decode(tokens.slice(1, 0, prompt), *prompted), logits.select(1, prompt - 1));
  same = same && close(model.decode(tokens.slice(1, prompt, prompt + 2), *prompted), logits.select(1, prompt + 1));
  promises.expect(same, "decode() of several tokens at once gives the logits of forward()");

  for (int beyond = 0; beyond < 3; ++beyond)
    promises.expect(model.decode(random_tokens(model, 2, 1), *single).isfinite().all().item<bool>(),
                    "decode() goes on beyond context_length");
}

void check_parameters(Architecture& model, Promises& promises) {
  std::unordered_map<const void*, int> grouped;
  for (const auto& group : model.parameter_groups()) {
    promises.expect(group.decay >= 0, "a group's decay is not negative");
    for (const auto& parameter : group.parameters) ++grouped[parameter.unsafeGetTensorImpl()];
  }
  std::unordered_map<const void*, std::int64_t> trained;
  for (const auto& named : model.named_parameters())
    if (named.value().requires_grad()) {
      trained[named.value().unsafeGetTensorImpl()] = named.value().numel();
      promises.expect(grouped[named.value().unsafeGetTensorImpl()] == 1,
                      text("parameter ", named.key(), " is in one group, once"));
    }
  promises.expect(grouped.size() == trained.size(), "groups hold parameters of the model only");
  std::int64_t total = 0;
  for (const auto& [tensor, count] : trained) total += count;
  const auto counts = model.parameter_counts();
  promises.expect(counts.total() == total,
                  text("parameter_counts() add up to the model's ", total, " parameters, not ", counts.total()));
  promises.expect(counts.embedding >= 0 && counts.output >= 0 && counts.body >= 0, "parameter counts are not negative");
  const double flops = model.forward_flops_per_token();
  promises.expect(std::isfinite(flops) && flops > 0, "forward_flops_per_token() is above zero");
}

void check_gradients(Architecture& model, Promises& promises) {
  model.zero_grad();
  const auto tokens = random_tokens(model, rows, model.context_length());
  const auto logits = model.forward(tokens);
  torch::nn::functional::cross_entropy(logits.reshape({-1, model.vocab_size()}), tokens.reshape({-1})).backward();
  for (const auto& named : model.named_parameters())
    if (named.value().requires_grad())
      promises.expect(named.value().grad().defined() && named.value().grad().isfinite().all().item<bool>(),
                      text("parameter ", named.key(), " gets a finite gradient"));
  model.zero_grad();
}

void check_dropout(Architecture& model, Promises& promises) {
  torch::NoGradGuard no_grad;
  const auto tokens = random_tokens(model, rows, model.context_length());
  const auto evaluated = model.forward(tokens);
  model.train();
  const auto drawn = [&](std::int64_t step, std::int64_t first, std::int64_t last) {
    model.begin_dropout(1, step, first);
    return model.forward(tokens.slice(0, first, last));
  };
  const auto whole = drawn(5, 0, rows);
  promises.expect(close(torch::cat({drawn(5, 0, 1), drawn(5, 1, rows)}), whole),
                  "dropout does not depend on how a batch is divided");
  promises.expect(close(drawn(5, 0, rows), whole), "dropout of the same step is the same again");
  if (!close(whole, evaluated)) promises.expect(!close(drawn(6, 0, rows), whole), "dropout differs from step to step");
  model.eval();
  promises.expect(close(model.forward(tokens), evaluated), "eval() ends dropout");
}

void check_initialisation(const Make& make, const ModelContext& context, Promises& promises) {
  torch::manual_seed(3);
  const auto first = make(context);
  torch::manual_seed(3);
  const auto second = make(context);
  bool same = true;
  const auto a = first->parameters(), b = second->parameters();
  for (std::size_t i = 0; i < a.size(); ++i) same = same && torch::equal(a[i], b[i]);
  promises.expect(same && a.size() == b.size(), "torch::manual_seed() decides the first weights");
}

}  // namespace

BrokenPromises check_architecture(const Make& make, const ModelContext& context) {
  Promises promises;
  promises.section("a model can be built", [&] {
    check_initialisation(make, context, promises);
    const auto model = make(context);
    promises.expect(model->vocab_size() == context.vocab_size && model->context_length() == context.context_length,
                    "a model has the vocabulary and context that it was built for");
    disturb(*model);
    model->eval();
    promises.section("forward() takes any tokens of the vocabulary", [&] { check_forward(*model, promises); });
    promises.section("bad tokens are refused with an Error", [&] { check_refusals(*model, promises); });
    promises.section("decode() takes any tokens of the vocabulary", [&] { check_decode(*model, promises); });
    promises.section("a model knows its parameters", [&] { check_parameters(*model, promises); });
    promises.section("a model can be trained", [&] { check_gradients(*model, promises); });
    promises.section("dropout is keyed", [&] { check_dropout(*model, promises); });
  });
  return promises.take();
}

}  // namespace etude::testing
