#include <ATen/ops/_foreach_mul.h>
#include <ATen/ops/_foreach_norm.h>

#include <cmath>
#include <etude/error.hpp>
#include <etude/random.hpp>
#include <evaluate/autocast.hpp>
#include <host/guard.hpp>
#include <train/step.hpp>

namespace etude {
namespace {

torch::Tensor total_norm(const std::vector<torch::Tensor>& gradients) {
  return torch::stack(at::_foreach_norm(gradients, 2)).norm();
}

}  // namespace

torch::Tensor mean_cross_entropy(const torch::Tensor& logits, const torch::Tensor& targets) {
  const auto flat = logits.flatten(0, 1);
  const auto wide = flat.scalar_type() == torch::kDouble ? flat : flat.to(torch::kFloat);
  return torch::cross_entropy_loss(wide, targets.flatten());
}

TrainStep::TrainStep(std::shared_ptr<Architecture> model, std::string part, const StepOptions& options)
    : model_(std::move(model)), part_(std::move(part)), options_(options), optimizer_(*model_, options.adamw) {}

torch::Tensor TrainStep::accumulate_gradients(const torch::Tensor& windows, std::int64_t step, std::int64_t first_row,
                                              std::int64_t all_rows) {
  const auto inputs = windows.slice(1, 0, windows.size(1) - 1);
  const auto targets = windows.slice(1, 1);
  model_->begin_dropout(options_.dropout_seed, step, first_row);
  // Dropout that a plugin draws from LibTorch's own generator must not depend on what was drawn before either.
  torch::manual_seed(random_bits(options_.dropout_seed, Purpose::dropout, step, first_row));

  torch::Tensor loss;
  {
    const AutocastScope autocast(windows.device(), options_.bf16);
    const auto logits = guarded(part_, "forward", [&] { return model_->forward(inputs); });
    const auto share = static_cast<double>(windows.size(0)) / static_cast<double>(all_rows);
    loss = mean_cross_entropy(logits, targets) * share;
  }
  guarded(part_, "backward", [&] { loss.backward(); });
  return loss.detach();
}

StepResult TrainStep::run(const torch::Tensor& windows, std::int64_t step, double learning_rate) {
  model_->train();
  optimizer_.zero_grad();
  const auto rows = windows.size(0) / options_.accumulate;
  torch::Tensor loss;
  for (std::int64_t part = 0; part < options_.accumulate; ++part) {
    const auto first_row = part * rows;
    const auto share = accumulate_gradients(windows.slice(0, first_row, first_row + rows), step, first_row, windows.size(0));
    loss = loss.defined() ? loss + share : share;
  }

  const auto gradients = optimizer_.gradients();
  if (gradients.empty())
    throw Error(text("plugin ", part_, ": no parameter received a gradient"), "does forward() use its parameters?");
  const StepResult result{loss.item<double>(), total_norm(gradients).item<double>()};
  if (!std::isfinite(result.loss) || !std::isfinite(result.grad_norm))
    throw Error(text("step ", step, ": the loss is ", result.loss, " and the gradient norm ", result.grad_norm,
                     "; training cannot go on"),
                "lower training.learning_rate, set training.clip_norm, or add training.warmup_steps");
  if (options_.clip_norm > 0 && result.grad_norm > options_.clip_norm)
    at::_foreach_mul_(gradients, options_.clip_norm / (result.grad_norm + 1e-6));
  optimizer_.step(learning_rate);
  return result;
}

}  // namespace etude
