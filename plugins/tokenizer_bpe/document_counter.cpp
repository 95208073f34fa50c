#include "document_counter.hpp"

#include <atomic>
#include <etude/error.hpp>
#include <etude/parallel.hpp>

#include "count_sketch.hpp"

namespace etude::bpe {
namespace {

constexpr std::size_t batch_bytes = 1 << 20;
constexpr std::size_t thread_weight = 8 << 20;  ///< of what a thread keeps for itself

using Batch = std::vector<std::string>;

/// About a megabyte of text at a time, large documents cut between their lines.
class Batches {
 public:
  explicit Batches(DocumentSource& documents) : documents_(documents) {}

  std::optional<Batch> next() {
    Batch batch;
    for (std::size_t bytes = 0; bytes < batch_bytes && (at_ < document_.text.size() || next_document());) {
      const std::size_t wanted = at_ + batch_bytes;
      std::size_t end = wanted < document_.text.size() ? document_.text.find('\n', wanted) : std::string::npos;
      end = end == std::string::npos ? document_.text.size() : end + 1;
      batch.push_back(at_ == 0 && end == document_.text.size() ? std::move(document_.text)
                                                               : document_.text.substr(at_, end - at_));
      bytes += end - at_;
      at_ = end;
    }
    return batch.empty() ? std::nullopt : std::optional(std::move(batch));
  }

 private:
  bool next_document() {
    at_ = 0;
    do {
      document_.text.clear();
      if (!documents_.next(document_)) return false;
    } while (document_.text.empty());
    return true;
  }

  DocumentSource& documents_;
  Document document_;
  std::size_t at_ = 0;  ///< how far the document was handed out
};

/// Each thread's own counts, handed over when they grow large and at the end.
class ThreadCounts {
 public:
  explicit ThreadCounts(const std::function<bool(const WordCounts&)>& take) : take_(take) {}

  void count(const Batch& batch, SplitRule rule) {
    auto counts = borrow();
    for (const auto& text : batch) counts->add_text(text, rule);
    const std::scoped_lock lock(mutex_);
    if (counts->weight() > thread_weight) hand_over(*counts);
    free_.push_back(std::move(counts));
  }
  void hand_over_all() {
    for (auto& counts : free_) hand_over(*counts);
  }
  bool stopped() const { return stopped_; }

 private:
  std::unique_ptr<WordCounts> borrow() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) return std::make_unique<WordCounts>();
    auto counts = std::move(free_.back());
    free_.pop_back();
    return counts;
  }
  void hand_over(WordCounts& counts) {
    if (!stopped_ && !take_(counts)) stopped_ = true;
    counts.clear();
  }

  const std::function<bool(const WordCounts&)>& take_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<WordCounts>> free_;
  std::atomic<bool> stopped_ = false;
};

/// Of the words in `counts`, the estimate from which on they weigh no more than `max_weight`.
std::int64_t bound_that_fits(const WordCounts& counts, const CountSketch& sketch, std::size_t max_weight) {
  std::vector<std::size_t> weights(CountSketch::most + 1);
  counts.for_each(
      [&](std::string_view word, std::int64_t) { weights[static_cast<std::size_t>(sketch.estimate(word))] += word.size() + 16; });
  std::size_t weight = 0;
  std::int64_t bound = CountSketch::most + 1;
  while (bound > 0 && weight + weights[static_cast<std::size_t>(bound - 1)] <= max_weight)
    weight += weights[static_cast<std::size_t>(--bound)];
  return bound;
}

}  // namespace

void DocumentCounter::read(const Take& take) {
  Batches batches(documents_);
  ThreadCounts counts(take);
  if (threads_ <= 1) {
    for (auto batch = batches.next(); batch && !counts.stopped(); batch = batches.next()) counts.count(*batch, rule_);
  } else {
    OrderedParallel<Batch, bool> counting(
        threads_, 2 * static_cast<std::size_t>(threads_), [&] { return batches.next(); },
        [&](const Batch& batch, const std::stop_token&) {
          counts.count(batch, rule_);
          return true;
        });
    while (!counts.stopped() && counting.next()) {
    }
  }
  counts.hand_over_all();
}

WordCounts DocumentCounter::count() {
  WordCounts total;
  read([&](const WordCounts& counts) {
    total.add(counts);
    return total.weight() <= max_weight_;
  });
  return total.weight() <= max_weight_ ? std::move(total) : count_frequent();
}

/// The bound rises only when the words above it weigh too much, and no higher than it must: where it ends depends on the words
/// alone.
WordCounts DocumentCounter::count_frequent() {
  CountSketch sketch;
  documents_.rewind();
  read([&](const WordCounts& counts) {
    counts.for_each([&](std::string_view word, std::int64_t count) { sketch.add(word, count); });
    return true;
  });
  std::int64_t bound = 0;
  const auto add_frequent = [&](WordCounts& to, const WordCounts& from) {
    from.for_each([&](std::string_view word, std::int64_t count) {
      if (sketch.estimate(word) >= bound) to.add(word, count);
    });
  };
  WordCounts total;
  documents_.rewind();
  read([&](const WordCounts& counts) {
    add_frequent(total, counts);
    if (total.weight() <= max_weight_) return true;
    bound = bound_that_fits(total, sketch, max_weight_);
    WordCounts fewer;
    add_frequent(fewer, total);
    total = std::move(fewer);
    return bound <= CountSketch::most;
  });
  if (bound > CountSketch::most)
    throw Error(
        "the text has more distinct pretokens than tokenizer.max_pretoken_megabytes has room for, even without the rare ones",
        "set it higher, or split more finely: split = \"gpt2\"");
  return total;
}

}  // namespace etude::bpe
