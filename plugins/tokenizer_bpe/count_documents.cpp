#include "count_documents.hpp"

#include <etude/parallel.hpp>

namespace etude::bpe {
namespace {

constexpr std::size_t batch_bytes = 1 << 20;

/// About a megabyte of documents in one text, cut between documents and, where they are large, between lines.
class Batches {
 public:
  explicit Batches(DocumentSource& documents) : documents_(documents) {}

  std::optional<std::vector<std::string>> next() {
    std::vector<std::string> texts;
    std::size_t bytes = 0;
    for (Document document; bytes < batch_bytes && documents_.next(document);) {
      bytes += document.text.size();
      texts.push_back(std::move(document.text));
    }
    return texts.empty() ? std::nullopt : std::optional(std::move(texts));
  }

 private:
  DocumentSource& documents_;
};

/// Counts that threads borrow while they work on a batch.
class CountsPool {
 public:
  std::unique_ptr<WordCounts> borrow() {
    const std::scoped_lock lock(mutex_);
    if (free_.empty()) return std::make_unique<WordCounts>();
    auto counts = std::move(free_.back());
    free_.pop_back();
    return counts;
  }
  void give_back(std::unique_ptr<WordCounts> counts) {
    const std::scoped_lock lock(mutex_);
    free_.push_back(std::move(counts));
  }
  WordCounts total() {
    WordCounts total;
    for (auto& counts : free_) {
      if (total.size() < counts->size()) std::swap(total, *counts);
      total.add(*counts);
      counts.reset();
    }
    return total;
  }

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<WordCounts>> free_;
};

}  // namespace

WordCounts count_documents(DocumentSource& documents, SplitRule rule, int threads) {
  Batches batches(documents);
  CountsPool pool;
  const auto count = [&](const std::vector<std::string>& texts, const std::stop_token&) {
    auto counts = pool.borrow();
    for (const auto& text : texts) counts->add_text(text, rule);
    pool.give_back(std::move(counts));
    return true;
  };
  OrderedParallel<std::vector<std::string>, bool> counting(
      threads, 2 * static_cast<std::size_t>(std::max(threads, 1)), [&] { return batches.next(); }, count);
  while (counting.next()) {
  }
  return pool.total();
}

}  // namespace etude::bpe
