// Pretokens that were encoded before, with their ids: bounded, one thread at a time.
#pragma once

#include <etude/tokenizer.hpp>
#include <span>
#include <vector>

#include "short_word.hpp"

namespace etude::bpe {

/// A word has one slot; the last word that was put there is in it.
class WordCache {
 public:
  WordCache() : slots_(slot_count) {}

  /// The ids of `word`, or null if it is not in.
  const TokenId* find(const ShortWord& word, std::size_t& size) const {
    const Slot& slot = slots_[word.hash() % slot_count];
    if (slot.word != word) return nullptr;
    size = slot.size;
    return slot.ids;
  }

  /// Words of more ids than fit are not kept.
  void put(const ShortWord& word, std::span<const TokenId> ids) {
    if (ids.size() > max_ids) return;
    Slot& slot = slots_[word.hash() % slot_count];
    slot.word = word;
    slot.size = static_cast<std::uint32_t>(ids.size());
    for (std::size_t i = 0; i < ids.size(); ++i) slot.ids[i] = ids[i];
  }

 private:
  static constexpr std::size_t slot_count = 1 << 15;
  static constexpr std::size_t max_ids = 11;
  struct Slot {
    ShortWord word;
    std::uint32_t size = 0;
    TokenId ids[max_ids];
  };
  static_assert(sizeof(Slot) == 64, "a cache line");
  std::vector<Slot> slots_;
};

}  // namespace etude::bpe
