// Architectures as the program makes them: from the plugins of this build.
#pragma once

#include <torch/torch.h>

#include <cstdlib>
#include <etude/architecture.hpp>
#include <host/catalogue.hpp>

namespace etude::testing {

inline const Catalogue& built_plugins() {
  static const Catalogue loaded = Catalogue::load({{std::getenv("ETUDE_PLUGINS"), "the test"}});
  return loaded;
}

inline std::shared_ptr<Architecture> make_model(const std::string& id, const Table& options, std::int64_t vocab_size,
                                                std::int64_t context_length) {
  ModelContext context;
  context.vocab_size = vocab_size;
  context.context_length = context_length;
  torch::manual_seed(1);
  return built_plugins().make_architecture(id, options, context);
}

/// Random weights, so that nothing is hidden by what starts at zero, one or nearly so.
inline void randomise(Architecture& model) {
  const torch::NoGradGuard no_grad;
  for (auto& parameter : model.parameters()) parameter.normal_(0, 0.3);
}

/// True if changing the token at each position leaves all logits before it as they were and changes those from it on.
inline bool is_causal(Architecture& model, std::int64_t vocab_size, std::int64_t time) {
  const torch::NoGradGuard no_grad;
  const auto tokens = torch::randint(vocab_size, {2, time}, torch::kLong);
  const auto before = model.forward(tokens);
  for (std::int64_t t = 0; t < time; ++t) {
    auto changed = tokens.clone();
    changed.select(1, t).copy_((tokens.select(1, t) + 1) % vocab_size);
    const auto after = model.forward(changed);
    if (!torch::allclose(after.narrow(1, 0, t), before.narrow(1, 0, t), 1e-6, 1e-6)) return false;
    for (std::int64_t later = t; later < time; ++later)
      if (torch::equal(after.select(1, later), before.select(1, later))) return false;
  }
  return true;
}

/// Largest difference between decode() of the tokens in `parts` and forward() over the window that it promises.
inline double decode_difference(Architecture& model, const torch::Tensor& tokens, const std::vector<std::int64_t>& parts) {
  const torch::NoGradGuard no_grad;
  const auto state = model.initial_state(tokens.size(0));
  std::int64_t seen = 0;
  double largest = 0;
  for (const auto part : parts) {
    const auto logits = model.decode(tokens.narrow(1, seen, part), *state);
    seen += part;
    const auto window = tokens.slice(1, std::max<std::int64_t>(0, seen - model.context_length()), seen);
    largest = std::max(largest, (logits - model.forward(window).select(1, -1)).abs().max().item<double>());
  }
  return largest;
}

/// Gradients of a summed loss over all rows at once, and over the rows in parts of `rows`, with dropout.
inline double accumulation_difference(Architecture& model, std::int64_t vocab_size, std::int64_t rows) {
  const auto tokens = torch::randint(vocab_size, {6, model.context_length()}, torch::kLong);
  const auto gradients = [&](std::int64_t part) {
    model.zero_grad();
    for (std::int64_t first = 0; first < tokens.size(0); first += part) {
      model.begin_dropout(5, 3, first);
      model.forward(tokens.narrow(0, first, part)).square().sum().backward();
    }
    std::vector<torch::Tensor> all;
    for (const auto& parameter : model.parameters()) all.push_back(parameter.grad().flatten());
    return torch::cat(all);
  };
  const auto whole = gradients(tokens.size(0)).clone();
  return ((gradients(rows) - whole).norm() / whole.norm()).item<double>();
}

}  // namespace etude::testing
