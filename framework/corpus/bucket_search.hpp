// Buckets of documents that agree in one band of their signatures, and comparisons within them.
#pragma once

#include <corpus/near_duplicates.hpp>
#include <corpus/shingles.hpp>
#include <unordered_map>

namespace etude {

/// Documents of one bucket, by number, ascending.
using Bucket = std::vector<std::uint32_t>;

/// Compares documents, keeping a few megabytes of what it read. One thread at a time.
class TwinJudge {
 public:
  explicit TwinJudge(const TwinSearch& search);
  /// Whether their shingles' Jaccard similarity reaches the threshold; see least_estimate() for what is not even read.
  bool are_twins(std::uint32_t a, std::uint32_t b);

 private:
  using Sorted = std::vector<std::uint64_t>;
  const Signature& signature(std::uint32_t number);
  std::shared_ptr<const Sorted> shingles(std::uint32_t number);

  const TwinSearch& search_;
  double least_estimate_;
  Shingler shingler_;
  std::string text_;
  std::unordered_map<std::uint32_t, Signature> signatures_;
  std::unordered_map<std::uint32_t, std::shared_ptr<const Sorted>> shingles_;
  std::size_t shingles_held_ = 0;
};

/// Two documents, by number.
using Pair = std::pair<std::uint32_t, std::uint32_t>;

/// Calls work(judge, bucket) -> vector<Pair> for every bucket of two and more `members` (ascending) in every band, on
/// search.threads threads, and after each band then(pairs) on this thread: the pairs of all its buckets, in the buckets' order.
void search_buckets(const TwinSearch& search, const std::vector<std::uint32_t>& members,
                    const std::function<std::vector<Pair>(TwinJudge&, const Bucket&)>& work,
                    const std::function<void(const std::vector<Pair>&)>& then);

}  // namespace etude
