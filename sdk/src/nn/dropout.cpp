// Dropout and the keys of its masks.
#include <etude/error.hpp>
#include <etude/nn/dropout.hpp>
#include <etude/random.hpp>

#include "dropout_kernel.hpp"
#include "seeded_generator.hpp"

namespace etude::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// (residual +) mask * branch on the CPU.
torch::Tensor masked(const DropoutMask& mask, const torch::Tensor& branch, const std::optional<torch::Tensor>& residual) {
  const auto input = branch.contiguous();
  const auto sum = residual ? residual->contiguous() : torch::Tensor();
  const std::int64_t rows = input.dim() > 0 ? input.size(0) : 1, row_size = rows > 0 ? input.numel() / rows : 0;
  auto output = torch::empty_like(input);
  AT_DISPATCH_FLOATING_TYPES_AND2(torch::kHalf, torch::kBFloat16, input.scalar_type(), "dropout", [&] {
    masked_scale<scalar_t>(mask, rows, row_size, input.const_data_ptr<scalar_t>(),
                           sum.defined() ? sum.const_data_ptr<scalar_t>() : nullptr, output.mutable_data_ptr<scalar_t>());
  });
  return output;
}

/// Saves no mask: the backward pass computes it again from the key.
struct CounterDropout : torch::autograd::Function<CounterDropout> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& branch,
                               const std::optional<torch::Tensor>& residual, std::int64_t key, std::int64_t first_row,
                               double probability) {
    context->saved_data["key"] = key;
    context->saved_data["first_row"] = first_row;
    context->saved_data["probability"] = probability;
    context->saved_data["residual"] = residual.has_value();
    return masked(DropoutMask(static_cast<std::uint64_t>(key), first_row, probability), branch, residual);
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const DropoutMask mask(static_cast<std::uint64_t>(context->saved_data["key"].toInt()),
                           context->saved_data["first_row"].toInt(), context->saved_data["probability"].toDouble());
    const bool has_residual = context->saved_data["residual"].toBool();
    return {masked(mask, gradients[0], {}), has_residual ? gradients[0] : torch::Tensor(), {}, {}, {}};
  }
};

}  // namespace

void DropoutSource::begin(std::uint64_t seed, std::int64_t step, std::int64_t first_row) {
  key_ = mix_bits(mix_bits(seed) + static_cast<std::uint64_t>(step));
  calls_ = 0;
  first_row_ = first_row;
}

std::uint64_t DropoutSource::next_call() { return mix_bits(key_ + calls_++); }

DropoutImpl::DropoutImpl(double probability, std::shared_ptr<DropoutSource> source)
    : probability_(probability), source_(std::move(source)) {
  if (!(probability >= 0 && probability < 1)) throw Error(text("dropout probability ", probability, " is not in [0, 1)"));
  TORCH_CHECK(source_, "a dropout layer needs a source");
}

torch::Tensor DropoutImpl::forward(const torch::Tensor& input) { return apply(nullptr, input); }

torch::Tensor DropoutImpl::add(const torch::Tensor& residual, const torch::Tensor& branch) { return apply(&residual, branch); }

torch::Tensor DropoutImpl::apply(const torch::Tensor* residual, const torch::Tensor& branch) {
  if (!is_training() || probability_ == 0) return residual ? *residual + branch : branch;
  const std::uint64_t key = source_->next_call();
  if (!branch.is_cpu()) {
    seed_generator(branch.device(), key, source_->first_row());
    const auto dropped = std::get<0>(torch::native_dropout(branch, probability_, /*train=*/true));
    return residual ? *residual + dropped : dropped;
  }
  const bool fused = residual && residual->scalar_type() == branch.scalar_type() && residual->sizes() == branch.sizes();
  const auto result = CounterDropout::apply(branch, fused ? std::optional(*residual) : std::nullopt,
                                            static_cast<std::int64_t>(key), source_->first_row(), probability_);
  return residual && !fused ? *residual + result : result;
}

void DropoutImpl::pretty_print(std::ostream& stream) const { stream << "etude::nn::Dropout(" << probability_ << ")"; }

}  // namespace etude::nn
