// AdamW over the parameters of a model.
#pragma once

#include <etude/architecture.hpp>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace etude {

struct AdamWOptions {
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8;
  double weight_decay = 0.01;
  bool decay_all = false;  ///< one group for all parameters, whatever the architecture says
};

/// Decoupled weight decay (Loshchilov & Hutter, 2019), with LibTorch's fused kernel: one call a group.
class AdamW {
 public:
  AdamW(Architecture& model, const AdamWOptions& options);

  /// One update from the gradients that the parameters hold. A parameter without gradient stays as it is.
  void step(double learning_rate);
  void zero_grad();

  /// All gradients that exist.
  std::vector<torch::Tensor> gradients() const;

  /// The moments by parameter name ("first.<name>", "second.<name>") and how many updates each parameter had ("updates.<name>").
  std::vector<std::pair<std::string, torch::Tensor>> state() const;
  /// @throws Error if a tensor is missing or has another shape; the state is then as before
  void load_state(const std::vector<std::pair<std::string, torch::Tensor>>& state);

 private:
  struct Slot {
    std::string name;
    torch::Tensor parameter, first, second, updates;
  };
  struct Group {
    double weight_decay;
    std::vector<Slot> slots;
  };
  AdamWOptions options_;
  std::vector<Group> groups_;
};

}  // namespace etude
