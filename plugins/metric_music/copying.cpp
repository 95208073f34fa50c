#include "copying.hpp"

#include <algorithm>
#include <cmath>
#include <etude/random.hpp>

#include "note_sequences.hpp"

namespace metric_music {
namespace {

/// A power of two of bits: half a megabyte, which stays in a processor's cache.
constexpr std::uint64_t filter_bits = std::uint64_t{1} << 22;
constexpr std::uint64_t filter_place(std::uint64_t digest) { return digest & (filter_bits - 1); }

constexpr std::size_t most_test_sequences = 200'000;

/// The sequences of each text.
using Sequences = std::vector<std::vector<std::uint64_t>>;

std::optional<etude::Scalar> share_found(const Sequences& texts, const SequenceSearch& search) {
  std::vector<double> copied, all;
  double sum_copied = 0, sum_all = 0;
  for (const auto& text : texts) {
    const auto hits = std::count_if(text.begin(), text.end(), [&](std::uint64_t digest) { return search.found(digest); });
    copied.push_back(static_cast<double>(hits));
    all.push_back(static_cast<double>(text.size()));
    sum_copied += copied.back();
    sum_all += all.back();
  }
  if (sum_all == 0) return std::nullopt;
  etude::Scalar share;
  share.value = sum_copied / sum_all;
  share.is_share = true;
  const auto interval = etude::bootstrap_ratio(copied, all);
  if (std::isfinite(interval.low)) share.low = interval.low;
  if (std::isfinite(interval.high)) share.high = interval.high;
  return share;
}

Sequences sequences_of_test(etude::MetricView& view) {
  Sequences result;
  std::size_t count = 0;
  etude::DocumentSource& documents = view.documents(etude::Split::test);
  for (etude::Document document; count < most_test_sequences && documents.next(document);) {
    append_sequences(document.text, result.emplace_back());
    if (result.back().size() > most_test_sequences - count) result.back().resize(most_test_sequences - count);
    count += result.back().size();
  }
  return result;
}

}  // namespace

void SequenceSearch::prepare() {
  std::sort(wanted_.begin(), wanted_.end());
  wanted_.erase(std::unique(wanted_.begin(), wanted_.end()), wanted_.end());
  found_.assign(wanted_.size(), false);
  filter_.assign(filter_bits, false);
  for (const std::uint64_t digest : wanted_) filter_[filter_place(digest)] = true;
}

std::size_t SequenceSearch::place_of(std::uint64_t digest) const {
  if (filter_.empty() || !filter_[filter_place(digest)]) return wanted_.size();
  const auto place = std::lower_bound(wanted_.begin(), wanted_.end(), digest);
  return place != wanted_.end() && *place == digest ? static_cast<std::size_t>(place - wanted_.begin()) : wanted_.size();
}

void SequenceSearch::look_in(std::string_view text) {
  if (filter_.empty()) prepare();
  digests_.clear();
  append_sequences(text, digests_);
  for (const std::uint64_t digest : digests_)
    if (const std::size_t place = place_of(digest); place < wanted_.size()) found_[place] = true;
}

bool SequenceSearch::found(std::uint64_t digest) const {
  const std::size_t place = place_of(digest);
  return place < wanted_.size() && found_[place];
}

Copying measure_copying(etude::MetricView& view, const std::vector<CutTune>& tunes) {
  Sequences of_samples;
  for (const CutTune& tune : tunes) append_sequences(tune.text, of_samples.emplace_back());
  const Sequences of_test = sequences_of_test(view);
  SequenceSearch search;
  for (const auto& digests : of_samples) search.add(digests);
  for (const auto& digests : of_test) search.add(digests);

  etude::DocumentSource& training = view.documents(etude::Split::train);
  std::int64_t read = 0;
  for (etude::Document document; training.next(document);) {
    search.look_in(document.text);
    view.progress("training documents searched for copies", ++read, 0);
  }
  return {share_found(of_samples, search), share_found(of_test, search)};
}

}  // namespace metric_music
