// What metrics see of a run.
#pragma once

#include <evaluate/split_loss.hpp>
#include <map>

namespace etude {

/// A metric's view that measures each split, and draws each set of samples, once for all metrics.
class RunView final : public MetricView {
 public:
  using Sampler = std::function<std::vector<std::string>(const SampleRequest&)>;

  /// Everything is borrowed for the view's life.
  /// @param options    of the evaluation; its plan's stride and windows are ignored, metrics see whole splits
  /// @param directory  where each metric gets a folder
  RunView(Architecture& model, const Corpus& corpus, EvaluationOptions options, Sampler sampler, std::filesystem::path directory);

  /// The metric whose folder directory() gives from now on.
  void begin_metric(const std::string& id) { metric_ = id; }

  Architecture& model() override { return model_; }
  const Tokenizer& tokenizer() override { return *corpus_.tokenizer; }
  const SplitLoss& loss(Split split) override;
  const std::vector<std::string>& samples(const SampleRequest& request) override;
  std::filesystem::path directory() override;

 private:
  Architecture& model_;
  const Corpus& corpus_;
  EvaluationOptions options_;
  Sampler sampler_;
  std::filesystem::path directory_;
  std::string metric_;
  std::map<Split, SplitLoss> losses_;
  std::map<SampleRequest, std::vector<std::string>> samples_;
};

}  // namespace etude
