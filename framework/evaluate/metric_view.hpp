// What metrics see of a run.
#pragma once

#include <base/log.hpp>
#include <evaluate/split_documents.hpp>
#include <evaluate/split_loss.hpp>
#include <map>

namespace etude {

/// A metric's view that measures each split, and draws each set of samples, once for all metrics.
class RunView final : public MetricView {
 public:
  using Sampler = std::function<std::vector<std::string>(const SampleRequest&)>;

  /// Everything is borrowed for the view's life.
  /// @param options    of the evaluation; its plan's stride and windows are ignored, metrics see whole splits
  /// @param directories  where metrics, and sets of samples, get folders
  struct Directories {
    std::filesystem::path metrics, samples;
  };
  RunView(Architecture& model, const Corpus& corpus, EvaluationOptions options, Sampler sampler, Directories directories);

  /// The metric whose folder directory() gives, and who speaks, from now on.
  void begin_metric(const std::string& id) { metric_ = id; }

  Architecture& model() override { return model_; }
  const Tokenizer& tokenizer() override { return *corpus_.tokenizer; }
  const SplitLoss& loss(Split split) override;
  const std::vector<std::string>& samples(const SampleRequest& request) override;
  /// `set-1` of those asked for first, and so on; what an earlier run left there is gone.
  std::filesystem::path samples_directory(const SampleRequest& request) override;
  DocumentSource& documents(Split split) override;
  std::filesystem::path directory() override;
  void progress(const std::string& what, std::int64_t done, std::int64_t total) override;
  void warn(const std::string& message) override { log_warning(text("metric ", metric_, ": ", message)); }

 private:
  Architecture& model_;
  const Corpus& corpus_;
  EvaluationOptions options_;
  Sampler sampler_;
  Directories directories_;
  std::string metric_;
  std::map<Split, SplitLoss> losses_;
  std::map<SampleRequest, std::vector<std::string>> samples_;
  std::map<SampleRequest, std::filesystem::path> samples_directories_;
  std::optional<SplitDocuments> documents_;
  Progress progress_;
};

}  // namespace etude
