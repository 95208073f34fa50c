// The interface of metrics.
#pragma once

#include <etude/document.hpp>
#include <etude/options.hpp>
#include <etude/sampling.hpp>
#include <etude/tokenizer.hpp>
#include <filesystem>
#include <limits>
#include <map>
#include <span>

namespace etude {

class Architecture;

/// A number, with its 95 % interval where it is an estimate.
struct Scalar {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::optional<double> low, high;
  bool lower_is_better = true;
  bool lossy = false;  ///< measured on text with unknown characters: shown, but never compared
};

struct MetricResult {
  std::map<std::string, Scalar> scalars;
  std::vector<std::filesystem::path> files;  ///< written below MetricView::directory()
};

/// Losses of a model over a whole split, in nats: every token of the split is predicted exactly once, end-of-text and separators
/// included, in non-overlapping windows of context_length tokens.
struct SplitLoss {
  /// One entry a window.
  std::vector<double> window_nats;
  std::vector<std::int64_t> window_tokens, window_characters, window_document;
  /// One entry a document, its separator included; characters without the separator.
  std::vector<double> document_nats;
  std::vector<std::int64_t> document_tokens, document_characters;
  double nats = 0;
  std::int64_t tokens = 0, characters = 0, unknown = 0;

  double per_token() const { return nats / static_cast<double>(tokens); }
  double bits_per_character() const { return nats / 0.69314718055994530942 / static_cast<double>(characters); }
};

/// What a metric may look at. Everything belongs to the host and lives as long as the call of evaluate().
class ETUDE_API MetricView {
 public:
  virtual ~MetricView();
  virtual Architecture& model() = 0;
  virtual const Tokenizer& tokenizer() = 0;
  /// Losses over a split, computed once for all metrics.
  virtual const SplitLoss& loss(Split split) = 0;
  /// Texts drawn from the model, in the order of their index. Metrics of a run that ask for the same get the same.
  virtual const std::vector<std::string>& samples(const SampleRequest& request) = 0;
  /// The metric's own folder; exists.
  virtual std::filesystem::path directory() = 0;
};

/// Judges a trained model. Constructed by T(const T::Options&).
class ETUDE_API Metric {
 public:
  virtual ~Metric();
  virtual MetricResult evaluate(MetricView& view) = 0;
};

/// 95 % interval of a ratio of sums over documents (nats a token, say) by the bootstrap: documents are drawn with replacement
/// `resamples` times. Deterministic. Needs two documents; with fewer both ends are NaN.
struct Interval {
  double low, high;
};
ETUDE_API Interval bootstrap_ratio(std::span<const double> numerators, std::span<const double> denominators,
                                   int resamples = 1000);

}  // namespace etude
