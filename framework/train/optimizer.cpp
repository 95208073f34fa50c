#include <ATen/ops/_fused_adamw.h>

#include <etude/error.hpp>
#include <train/optimizer.hpp>
#include <unordered_map>

namespace etude {
namespace {

std::vector<ParameterGroup> groups_of(Architecture& model, bool decay_all) {
  if (decay_all) return {ParameterGroup{model.parameters(), 1.0}};
  return model.parameter_groups();
}

}  // namespace

AdamW::AdamW(Architecture& model, const AdamWOptions& options) : options_(options) {
  std::unordered_map<const void*, std::string> names;
  for (const auto& item : model.named_parameters()) names.emplace(item.value().unsafeGetTensorImpl(), item.key());

  for (const auto& group : groups_of(model, options.decay_all)) {
    Group slots{options.weight_decay * group.decay, {}};
    for (const auto& parameter : group.parameters) {
      const auto name = names.find(parameter.unsafeGetTensorImpl());
      if (name == names.end())
        throw Error("parameter_groups() names a tensor that is no parameter of the model, or names one twice");
      slots.slots.push_back({name->second, parameter, torch::zeros_like(parameter), torch::zeros_like(parameter),
                             torch::zeros({}, parameter.options().dtype(torch::kFloat))});
      names.erase(name);
    }
    groups_.push_back(std::move(slots));
  }
  if (!names.empty()) throw Error("parameter_groups() leaves out parameter " + names.begin()->second);
}

void AdamW::step(double learning_rate) {
  for (auto& group : groups_) {
    std::vector<torch::Tensor> parameters, gradients, first, second, updates;
    for (auto& slot : group.slots) {
      if (!slot.parameter.grad().defined()) continue;
      parameters.push_back(slot.parameter);
      gradients.push_back(slot.parameter.grad());
      first.push_back(slot.first);
      second.push_back(slot.second);
      updates.push_back(slot.updates.add_(1));
    }
    if (parameters.empty()) continue;
    const torch::NoGradGuard no_grad;
    at::_fused_adamw_(parameters, gradients, first, second, {}, updates, learning_rate, options_.beta1, options_.beta2,
                      group.weight_decay, options_.epsilon, /*amsgrad=*/false, /*maximize=*/false);
  }
}

void AdamW::zero_grad() {
  for (auto& group : groups_)
    for (auto& slot : group.slots) slot.parameter.mutable_grad() = torch::Tensor();
}

std::vector<torch::Tensor> AdamW::gradients() const {
  std::vector<torch::Tensor> gradients;
  for (const auto& group : groups_)
    for (const auto& slot : group.slots)
      if (slot.parameter.grad().defined()) gradients.push_back(slot.parameter.grad());
  return gradients;
}

std::vector<std::pair<std::string, torch::Tensor>> AdamW::state() const {
  std::vector<std::pair<std::string, torch::Tensor>> state;
  for (const auto& group : groups_)
    for (const auto& slot : group.slots) {
      state.emplace_back("first." + slot.name, slot.first);
      state.emplace_back("second." + slot.name, slot.second);
      state.emplace_back("updates." + slot.name, slot.updates);
    }
  return state;
}

void AdamW::load_state(const std::vector<std::pair<std::string, torch::Tensor>>& state) {
  const std::map<std::string, torch::Tensor> by_name(state.begin(), state.end());
  std::vector<std::pair<torch::Tensor, torch::Tensor>> copies;
  const auto load = [&](const std::string& name, torch::Tensor& into) {
    const auto found = by_name.find(name);
    if (found == by_name.end()) throw Error("the optimizer's state lacks " + name);
    if (found->second.sizes() != into.sizes()) throw Error("the optimizer's state has another shape for " + name);
    copies.emplace_back(into, found->second);
  };
  for (auto& group : groups_)
    for (auto& slot : group.slots) {
      load("first." + slot.name, slot.first);
      load("second." + slot.name, slot.second);
      load("updates." + slot.name, slot.updates);
    }
  const torch::NoGradGuard no_grad;
  for (const auto& [into, from] : copies) into.copy_(from);
}

}  // namespace etude
