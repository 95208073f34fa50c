// The loss of a model over the windows of a split.
#pragma once

#include <corpus/corpus.hpp>
#include <etude/architecture.hpp>
#include <etude/metric.hpp>
#include <functional>

namespace etude {

/// Which windows of a split are measured. The same for every run of a study, whatever its batch size.
struct WindowPlan {
  std::int64_t context_length = 256;
  /// Tokens between window starts. 0: context_length, so that windows do not overlap, and with every token of the split predicted
  /// exactly once, the first from the separator; the last window may be shorter. Otherwise only whole windows, the first starting
  /// at the split's first token, which is then not predicted (stride 1 with 12,864 windows is the published study's protocol).
  std::int64_t stride = 0;
  std::int64_t windows = 0;  ///< how many, spread evenly over all there are (with a stride: the first ones); 0: all

  /// True if the windows predict each token of the split once.
  bool covers_split() const { return stride == 0 && windows == 0; }
};

struct EvaluationOptions {
  WindowPlan plan;
  std::int64_t batch_size = 64;  ///< rows a forward pass; the last may have fewer
  bool bf16 = false;
  torch::Device device = torch::kCPU;
  std::string part;                      ///< how errors of the model are headed: "architecture gpt"
  std::function<void(double)> progress;  ///< told the share that is done; may be empty
};

/// How many windows `plan` has over `tokens` tokens.
std::int64_t window_count(const WindowPlan& plan, std::int64_t tokens);

/// Losses of each predicted token in nats: double [windows, length], on the CPU. The caller has put the model into eval mode.
/// @param rows  int64 [windows, length + 1]: inputs and, one further, targets
torch::Tensor token_losses(Architecture& model, const torch::Tensor& rows, const EvaluationOptions& options);

/// @throws Error if the split has no window, or the user interrupts
SplitLoss measure_loss(Architecture& model, const Corpus& corpus, Split split, const EvaluationOptions& options);

}  // namespace etude
