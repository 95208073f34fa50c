// Pretokens that were encoded before, with their ids: bounded, one thread at a time.
#pragma once

#include <cstring>
#include <etude/tokenizer.hpp>
#include <span>
#include <vector>

#include "short_word.hpp"

namespace etude::bpe {

/// A word has one slot; the last word that was put there is in it.
class WordCache {
 public:
  WordCache() : slots_(slot_count) {}

  /// Ids are copied this many at a time: so many may be written behind those of a word.
  static constexpr std::size_t slack = 4;

  /// Writes the ids of `word` and returns their end, or null if it is not in.
  TokenId* copy(const ShortWord& word, TokenId* to) const {
    const Slot& slot = slots_[word.hash() % slot_count];
    if (slot.word != word) return nullptr;
    std::memcpy(to, slot.ids, slack * sizeof(TokenId));
    if (slot.size > slack) std::memcpy(to + slack, slot.ids + slack, (slot.size - slack) * sizeof(TokenId));
    return to + slot.size;
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
    TokenId ids[max_ids] = {};
  };
  static_assert(sizeof(Slot) == 64, "a cache line");
  std::vector<Slot> slots_;
};

}  // namespace etude::bpe
