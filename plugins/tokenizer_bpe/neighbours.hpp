// What stands beside the pairs that a merge replaces.
#pragma once

#include <cstdint>
#include <etude/tokenizer.hpp>
#include <vector>

#include "word_lists.hpp"

namespace etude::bpe {

/// What a merge does to the pairs around it, summed over all words by the neighbour's id: the pair with the old token loses, and
/// the pair with the new one gains, the same count.
class Neighbours {
 public:
  struct Change {
    std::int64_t count = 0;
    std::vector<WordIndex> words;
  };

  void add(TokenId neighbour, WordIndex word, std::int64_t count) {
    if (static_cast<std::size_t>(neighbour) >= changes_.size()) changes_.resize(2 * static_cast<std::size_t>(neighbour) + 1);
    Change& change = changes_[static_cast<std::size_t>(neighbour)];
    if (change.words.empty()) touched_.push_back(neighbour);
    change.count += count;
    if (change.words.empty() || change.words.back() != word) change.words.push_back(word);
  }
  const std::vector<TokenId>& touched() const { return touched_; }
  Change& operator[](TokenId neighbour) { return changes_[static_cast<std::size_t>(neighbour)]; }
  void clear() {
    for (const TokenId neighbour : touched_) {
      (*this)[neighbour].count = 0;
      (*this)[neighbour].words.clear();
    }
    touched_.clear();
  }

 private:
  std::vector<Change> changes_;
  std::vector<TokenId> touched_;
};

}  // namespace etude::bpe
