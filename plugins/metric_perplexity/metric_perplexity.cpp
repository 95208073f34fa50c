// How well a model predicts a split that it was not trained on.
#include <cmath>
#include <etude/plugin.hpp>
#include <numbers>

namespace {

struct PerplexityOptions {
  std::string split = "test";

  static auto fields() {
    return etude::fields(etude::field(&PerplexityOptions::split, "split", "Which documents are predicted",
                                      etude::one_of({"train", "validation", "test"})));
  }
};

etude::Split split_named(const std::string& name) {
  if (name == "train") return etude::Split::train;
  return name == "validation" ? etude::Split::validation : etude::Split::test;
}

std::vector<double> as_doubles(const std::vector<std::int64_t>& counts) { return {counts.begin(), counts.end()}; }

/// A ratio of sums over documents with its bootstrap interval, as `transform` of nats a unit.
template <class Transform>
etude::Scalar estimate(const std::vector<double>& nats, const std::vector<double>& units, double value, Transform transform) {
  const auto interval = etude::bootstrap_ratio(nats, units);
  etude::Scalar scalar;
  scalar.value = transform(value);
  if (std::isfinite(interval.low)) scalar.low = transform(interval.low);
  if (std::isfinite(interval.high)) scalar.high = transform(interval.high);
  return scalar;
}

class Perplexity final : public etude::Metric {
 public:
  using Options = PerplexityOptions;
  explicit Perplexity(const Options& options) : split_(split_named(options.split)) {}

  etude::MetricResult evaluate(etude::MetricView& view) override {
    const auto& loss = view.loss(split_);
    const auto tokens = as_doubles(loss.document_tokens);
    const auto characters = as_doubles(loss.document_characters);
    const auto same = [](double nats) { return nats; };

    etude::MetricResult result;
    result.scalars["loss"] = estimate(loss.document_nats, tokens, loss.per_token(), same);
    result.scalars["perplexity"] =
        estimate(loss.document_nats, tokens, loss.per_token(), [](double nats) { return std::exp(nats); });
    result.scalars["bits_per_character"] =
        estimate(loss.document_nats, characters, loss.nats / static_cast<double>(loss.characters),
                 [](double nats) { return nats / std::numbers::ln2; });
    result.scalars["bits_per_character"].lossy = loss.unknown > 0;
    result.scalars["tokens"].value = static_cast<double>(loss.tokens);
    result.scalars["unknown_share"].value = static_cast<double>(loss.unknown) / static_cast<double>(loss.characters);
    return result;
  }

  etude::MetricNeeds needs() const override { return {.losses = {split_}}; }

 private:
  etude::Split split_;
};

}  // namespace

ETUDE_PLUGIN("etude.metric_perplexity", "0.1.0", registry) {
  registry.add<Perplexity>("perplexity",
                           "exp of the mean loss over non-overlapping windows of a whole split, and bits per character");
}
