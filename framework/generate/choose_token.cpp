#include <algorithm>
#include <cmath>
#include <etude/error.hpp>
#include <generate/choose_token.hpp>
#include <limits>
#include <numeric>

namespace etude {

void require_valid(const SampleRequest& request) {
  const auto require = [](bool valid, const char* name, auto value, const std::string& range) {
    if (!valid) throw usage_error(text(name, " must be ", range, ", not ", value));
  };
  const auto require_countable = [&](const char* name, std::int64_t value) {
    require(value >= 1 && value <= kMostSampled, name, value, text("between 1 and ", kMostSampled));
  };
  require_countable("the number of texts", request.count);
  require_countable("the number of new tokens", request.new_tokens);
  require(request.temperature >= 0 && std::isfinite(request.temperature), "temperature", request.temperature, "0 or more");
  require(request.top_k >= 0, "top-k", request.top_k, "0 (all tokens) or more");
  require(request.top_p > 0 && request.top_p <= 1, "top-p", request.top_p, "above 0 and at most 1 (all tokens)");
  require(request.min_p >= 0 && request.min_p <= 1, "min-p", request.min_p, "between 0 (all tokens) and 1");
  require(request.repetition_penalty > 0 && std::isfinite(request.repetition_penalty), "repetition penalty",
          request.repetition_penalty, "above 0 (1 is none)");
  require(request.repetition_window >= 1, "repetition window", request.repetition_window, "at least 1");
}

TokenChooser::TokenChooser(const SampleRequest& request, std::int64_t vocab_size)
    : request_(request),
      logits_(static_cast<std::size_t>(vocab_size)),
      weights_(logits_.size()),
      seen_(request.repetition_penalty == 1 ? 0 : logits_.size(), 0) {}

void TokenChooser::penalise(std::span<const TokenId> before) {
  ++call_;
  const auto window = std::min<std::size_t>(before.size(), static_cast<std::size_t>(request_.repetition_window));
  for (const TokenId id : before.last(window)) {
    const auto token = static_cast<std::size_t>(id);
    if (seen_[token] == call_) continue;
    seen_[token] = call_;
    auto& logit = logits_[token];
    // A tiny penalty must not make a logit infinite, which would pass for the model's.
    constexpr double largest = std::numeric_limits<double>::max();
    logit = logit > 0 ? std::min(logit / request_.repetition_penalty, largest) : logit * request_.repetition_penalty;
  }
}

void TokenChooser::keep_top_k() {
  const auto k = static_cast<std::size_t>(request_.top_k);
  if (k == 0 || k >= weights_.size()) return;
  order_.resize(weights_.size());
  std::iota(order_.begin(), order_.end(), 0);
  const auto first_goes = order_.begin() + static_cast<std::ptrdiff_t>(k);
  // By logits: the weights of very unlikely tokens are all zero.
  std::nth_element(order_.begin(), first_goes, order_.end(), [&](TokenId a, TokenId b) {
    const double left = logits_[static_cast<std::size_t>(a)], right = logits_[static_cast<std::size_t>(b)];
    return left > right || (left == right && a < b);
  });
  std::for_each(first_goes, order_.end(), [&](TokenId id) { weights_[static_cast<std::size_t>(id)] = 0; });
}

void TokenChooser::keep_likely() {
  if (request_.top_p < 1) {
    const double sum = std::accumulate(weights_.begin(), weights_.end(), 0.0), threshold = request_.top_p * sum;
    // The tokens below this weight amount to less than 1 - p together, so the threshold is passed before they come: they need no
    // sorting.
    const double low = (sum - threshold) / static_cast<double>(weights_.size()) * (1 - 1e-9);
    order_.clear();
    for (std::size_t i = 0; i < weights_.size(); ++i) {
      if (weights_[i] >= low)
        order_.push_back(static_cast<TokenId>(i));
      else
        weights_[i] = 0;
    }
    std::sort(order_.begin(), order_.end(), [&](TokenId a, TokenId b) {
      const double left = weights_[static_cast<std::size_t>(a)], right = weights_[static_cast<std::size_t>(b)];
      return left > right || (left == right && a < b);
    });
    double before = 0;
    for (const TokenId id : order_) {
      auto& weight = weights_[static_cast<std::size_t>(id)];
      const double own = weight;
      if (before > threshold) weight = 0;
      before += own;
    }
  }
  if (request_.min_p > 0)
    for (auto& weight : weights_)
      if (weight < request_.min_p) weight = 0;  // the likeliest token's is 1
}

TokenId TokenChooser::choose(std::span<const float> logits, std::span<const TokenId> before, double unit) {
  double largest = -std::numeric_limits<double>::infinity();
  bool numbers = true;
  for (std::size_t i = 0; i < logits.size(); ++i) {
    logits_[i] = logits[i];
    numbers = numbers && logits[i] < std::numeric_limits<float>::infinity();  // false for NaN, too
  }
  if (request_.repetition_penalty != 1) penalise(before);
  for (const double logit : logits_) largest = std::max(largest, logit);
  if (!numbers || !std::isfinite(largest))
    throw Error("the model's logits are no finite numbers, so there is no next token to choose",
                "its training diverged: sample from an earlier --checkpoint, or train with a lower learning rate");
  if (request_.temperature == 0)
    return static_cast<TokenId>(std::find(logits_.begin(), logits_.end(), largest) - logits_.begin());
  for (std::size_t i = 0; i < logits_.size(); ++i) weights_[i] = std::exp((logits_[i] - largest) / request_.temperature);
  keep_top_k();
  keep_likely();

  double sum = 0;
  for (auto& weight : weights_) weight = sum += weight;
  // The first token whose cumulative weight is above: never one without weight.
  const auto chosen = std::upper_bound(weights_.begin(), weights_.end(), unit * sum);
  if (chosen != weights_.end()) return static_cast<TokenId>(chosen - weights_.begin());
  return static_cast<TokenId>(std::lower_bound(weights_.begin(), weights_.end(), sum) - weights_.begin());
}

}  // namespace etude
