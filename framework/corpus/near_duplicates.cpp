#include <algorithm>
#include <cmath>
#include <corpus/bucket_search.hpp>
#include <corpus/near_duplicates.hpp>
#include <numeric>

namespace etude {
namespace {

// Bounds on what one document is compared with in one bucket. They only matter where thousands of documents agree in a band and
// yet are no twins; without them the work would grow with the square of their number.
constexpr int most_comparisons = 64;
constexpr int most_of_one_part = 16;

/// Of each document the first kept one whose set of shingles equals its own; itself where it is not kept.
std::vector<std::uint32_t> first_equals(const Signatures& signatures, std::span<const Verdict> verdicts) {
  std::vector<std::uint32_t> first(verdicts.size()), order;
  std::iota(first.begin(), first.end(), 0u);
  for (std::uint32_t i = 0; i < verdicts.size(); ++i)
    if (is_kept(verdicts[i])) order.push_back(i);
  const auto key = [&](std::uint32_t i) { return std::pair(signatures.set(i).digest, signatures.set(i).shingles); };
  std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
    const auto key_a = key(a), key_b = key(b);
    return key_a != key_b ? key_a < key_b : a < b;
  });
  for (std::size_t i = 1; i < order.size(); ++i)
    if (key(order[i]) == key(order[i - 1])) first[order[i]] = first[order[i - 1]];
  return first;
}

/// The kept documents that stand for themselves, ascending.
std::vector<std::uint32_t> distinct_documents(const std::vector<std::uint32_t>& first, std::span<const Verdict> verdicts) {
  std::vector<std::uint32_t> distinct;
  for (std::uint32_t i = 0; i < first.size(); ++i)
    if (is_kept(verdicts[i]) && first[i] == i) distinct.push_back(i);
  return distinct;
}

/// Disjoint sets of documents whose root is their smallest number.
class Components {
 public:
  explicit Components(std::vector<std::uint32_t> parents) : parents_(std::move(parents)) {}
  void join(std::uint32_t a, std::uint32_t b) {
    const auto [low, high] = std::minmax({root(a), root(b)});
    parents_[high] = low;
  }
  /// Afterwards every parent is a root.
  void flatten() {
    for (auto& parent : parents_) parent = parents_[parent];
  }
  /// Of a document in flattened components.
  std::uint32_t at(std::uint32_t number) const { return parents_[number]; }
  std::vector<std::uint32_t> take() { return std::move(parents_); }

 private:
  std::uint32_t root(std::uint32_t number) {
    while (parents_[number] != number) number = parents_[number] = parents_[parents_[number]];
    return number;
  }
  std::vector<std::uint32_t> parents_;  ///< never larger than the number itself, so that one pass flattens
};

/// Twins between parts of a bucket that are not connected yet: enough of them to connect what can be connected.
class BucketGrouping {
 public:
  BucketGrouping(TwinJudge& judge, const Components& components) : judge_(judge), components_(components) {}

  std::vector<Pair> connect(Bucket bucket) {
    std::stable_sort(bucket.begin(), bucket.end(),
                     [&](std::uint32_t a, std::uint32_t b) { return components_.at(a) < components_.at(b); });
    for (std::size_t begin = 0, end; begin < bucket.size(); begin = end) {
      end = begin + 1;
      while (end < bucket.size() && components_.at(bucket[end]) == components_.at(bucket[begin])) ++end;
      add_part({bucket.begin() + static_cast<std::ptrdiff_t>(begin), bucket.begin() + static_cast<std::ptrdiff_t>(end)});
    }
    return std::move(pairs_);
  }

 private:
  using Part = std::vector<std::uint32_t>;

  void add_part(Part part) {
    std::vector<bool> joined(parts_.size());
    std::size_t lowest = parts_.size();  // that joined: looking at all parts would take quadratic time
    for (const std::uint32_t document : part) lowest = std::min(lowest, compare(document, joined));
    for (std::size_t i = parts_.size(); i-- > lowest;) {
      if (!joined[i]) continue;
      if (parts_[i].size() > part.size()) std::swap(parts_[i], part);
      part.insert(part.end(), parts_[i].begin(), parts_[i].end());
      parts_.erase(parts_.begin() + static_cast<std::ptrdiff_t>(i));
    }
    parts_.push_back(std::move(part));
  }

  /// Compares the document with the latest of each part, the latest part first. The lowest part that was reached is returned.
  std::size_t compare(std::uint32_t document, std::vector<bool>& joined) {
    int left = most_comparisons;
    std::size_t lowest = parts_.size();
    for (std::size_t i = parts_.size(); i-- > 0 && left > 0;) {
      if (joined[i]) continue;
      lowest = i;
      const std::size_t some = std::min<std::size_t>(parts_[i].size(), most_of_one_part);
      for (std::size_t back = 1; back <= some && left-- > 0; ++back) {
        const std::uint32_t other = parts_[i][parts_[i].size() - back];
        if (!judge_.are_twins(document, other)) continue;
        pairs_.emplace_back(document, other);
        joined[i] = true;
        break;
      }
    }
    return lowest;
  }

  TwinJudge& judge_;
  const Components& components_;
  std::vector<Part> parts_;  ///< of one bucket; documents of different ones have not been found to be connected
  std::vector<Pair> pairs_;
};

/// Of documents with equal shingles: whether any is in training, and whether any is in another split.
struct Presence {
  bool in_training = false, elsewhere = false;
};

}  // namespace

double Banding::probability(double similarity) const { return 1 - std::pow(1 - std::pow(similarity, rows), bands); }

Banding banding_for(double similarity) {
  constexpr double most_missed = 0.005;
  Banding best{static_cast<int>(signature_values), 1};
  for (int rows = 1; rows <= 32; ++rows) {
    const Banding banding{static_cast<int>(signature_values) / rows, rows};
    if (1 - banding.probability(similarity) <= most_missed) best = banding;
  }
  return best;
}

double least_estimate(double similarity) {
  return similarity - 4 * std::sqrt(similarity * (1 - similarity) / static_cast<double>(signature_values));
}

std::vector<std::uint32_t> find_groups(const TwinSearch& search, std::span<const Verdict> verdicts) {
  auto first = first_equals(search.signatures, verdicts);
  const auto distinct = distinct_documents(first, verdicts);
  Components components(std::move(first));
  search_buckets(
      search, distinct, [&](TwinJudge& judge, const Bucket& bucket) { return BucketGrouping(judge, components).connect(bucket); },
      [&](const std::vector<Pair>& pairs) {
        for (const auto& [a, b] : pairs) components.join(a, b);
        components.flatten();
      });
  return components.take();
}

std::vector<std::uint8_t> find_leaks(const TwinSearch& search, std::span<const Verdict> splits) {
  const auto first = first_equals(search.signatures, splits);
  const auto distinct = distinct_documents(first, splits);
  std::vector<Presence> present(splits.size());
  for (std::size_t i = 0; i < splits.size(); ++i) {
    if (!is_kept(splits[i])) continue;
    auto& presence = present[first[i]];
    (splits[i] == Verdict::train ? presence.in_training : presence.elsewhere) = true;
  }
  std::vector<std::uint8_t> leaking(splits.size());  // by the document that stands for its equals
  for (const std::uint32_t i : distinct) leaking[i] = present[i].in_training;
  const auto compare = [&](TwinJudge& judge, const Bucket& bucket) {
    std::vector<Pair> pairs;
    std::vector<std::uint32_t> training;
    std::copy_if(bucket.begin(), bucket.end(), std::back_inserter(training), [&](auto i) { return present[i].in_training; });
    for (const std::uint32_t document : bucket) {
      if (leaking[document] || !present[document].elsewhere) continue;
      // Those nearest in the dataset's order first: collections keep versions of a tune together.
      const auto near = std::lower_bound(training.begin(), training.end(), document) - training.begin();
      const auto begin = std::max<std::ptrdiff_t>(0, near - most_comparisons / 2);
      const auto end = std::min<std::ptrdiff_t>(std::ssize(training), begin + most_comparisons);
      for (auto at = begin; at < end; ++at) {
        if (!judge.are_twins(document, training[static_cast<std::size_t>(at)])) continue;
        pairs.emplace_back(document, training[static_cast<std::size_t>(at)]);
        break;
      }
    }
    return pairs;
  };
  search_buckets(search, distinct, compare, [&](const std::vector<Pair>& pairs) {
    for (const auto& [document, twin] : pairs) leaking[document] = 1;
  });
  std::vector<std::uint8_t> leaks(splits.size());
  for (std::size_t i = 0; i < splits.size(); ++i)
    leaks[i] = (splits[i] == Verdict::validation || splits[i] == Verdict::test) && leaking[first[i]];
  return leaks;
}

}  // namespace etude
