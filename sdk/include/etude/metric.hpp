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
#include <variant>

namespace etude {

class Architecture;

/// A number, with its 95 % interval where it is an estimate.
struct Scalar {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::optional<double> low, high;
  bool lower_is_better = true;
  bool lossy = false;     ///< measured on text with unknown characters: shown, but never compared
  bool is_share = false;  ///< between 0 and 1: shown in per cent
};

/// Named columns of equal length, each of numbers or of texts.
struct MetricTable {
  struct Column {
    std::string name;
    std::variant<std::vector<double>, std::vector<std::string>> values;
  };
  std::vector<Column> columns;
};

/// A text of the model with what the metric says of it.
struct JudgedSample {
  std::string text;
  std::string verdict;         ///< in the metric's words; a short one first, details behind a colon: "invalid: line 3: ..."
  std::filesystem::path file;  ///< what the metric made of the text, below one of the view's folders; may be empty
};

struct MetricResult {
  /// By name. The one that is called as the metric itself is its headline: `etude compare` sets it beside those of other runs,
  /// and marks the best one where it is done on the same terms (options and tokenizer) and its interval overlaps no other.
  std::map<std::string, Scalar> scalars;
  std::map<std::string, MetricTable> tables{};
  std::vector<JudgedSample> samples{};
  std::vector<std::filesystem::path> files{};  ///< others that it wrote below MetricView::directory()
};

/// What a metric will ask its view for: `etude check` tells from it what the metric takes.
struct MetricNeeds {
  std::vector<Split> losses{};
  std::vector<SampleRequest> samples{};
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
  /// A folder for what is made of these samples, exists; shared by the metrics that ask for the same, so that their files lie
  /// side by side. Files are called sample_name(index) and an extension of the metric's own.
  virtual std::filesystem::path samples_directory(const SampleRequest& request) = 0;
  /// The documents of a split from the first to the last, as the model saw them: read one by one from the packed tokens, so that
  /// of any size little is in memory, and what the tokenizer does not know is U+FFFD. In training the transposed variants stand
  /// behind the originals. Each call
  /// begins again and ends what an earlier one gave.
  virtual DocumentSource& documents(Split split) = 0;
  /// The metric's own folder; exists.
  virtual std::filesystem::path directory() = 0;
  /// Tells the user how far a long piece of work is ("reading the training texts", 12, 167).
  /// @param total  0 where nobody knows
  /// @throws Error if the user interrupts: let it pass
  virtual void progress(const std::string& what, std::int64_t done, std::int64_t total) = 0;
  /// Shown and logged.
  virtual void warn(const std::string& message) = 0;
};

/// Judges a trained model. Constructed by T(const T::Options&).
class ETUDE_API Metric {
 public:
  virtual ~Metric();
  virtual MetricResult evaluate(MetricView& view) = 0;
  virtual MetricNeeds needs() const { return {}; }
};

/// "sample-001" of the sample with index 0, and so on.
ETUDE_API std::string sample_name(std::size_t index);

/// 95 % interval of a ratio of sums over documents (nats a token, say) by the bootstrap: documents are drawn with replacement
/// `resamples` times. Deterministic. Needs two documents; with fewer both ends are NaN.
struct Interval {
  double low, high;
};
ETUDE_API Interval bootstrap_ratio(std::span<const double> numerators, std::span<const double> denominators,
                                   int resamples = 1000);

/// 95 % interval of a share, `successes` of `trials`, by the score method (Wilson, 1927): within [0, 1] and never empty, also for
/// none or all of few. Without trials both ends are NaN.
ETUDE_API Interval wilson_interval(std::int64_t successes, std::int64_t trials);

/// The share with that interval; more is better. NaN without trials.
ETUDE_API Scalar share_of(std::int64_t successes, std::int64_t trials);

}  // namespace etude
