// How often each pretoken occurs.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pretokens.hpp"
#include "short_word.hpp"

namespace etude::bpe {

/// A hash table of distinct pretokens; its memory is theirs, not the text's.
class WordCounts {
 public:
  WordCounts() : slots_(1 << 12) {}

  /// Counts the pretokens of `text`.
  void add_text(std::string_view text, SplitRule rule);
  void add(const WordCounts& other);

  std::size_t size() const { return short_words_ + long_words_.size(); }

  /// Calls visit(bytes, count) for each; `bytes` is gone afterwards.
  template <class Visit>
  void for_each(Visit visit) const {
    char bytes[ShortWord::max_size];
    for (const auto& slot : slots_) {
      if (slot.word.empty()) continue;
      slot.word.copy_to(bytes);
      visit(std::string_view(bytes, slot.word.size()), slot.count);
    }
    for (const auto& [word, count] : long_words_) visit(std::string_view(word), count);
  }

 private:
  struct Slot {
    ShortWord word;
    std::int64_t count = 0;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };

  void add(const ShortWord& word, std::int64_t count);
  void add_long(std::string_view word, std::int64_t count);
  std::size_t place(const ShortWord& word) const;
  void grow();

  std::vector<Slot> slots_;  ///< open addressing, linear probing, at most half full
  std::size_t short_words_ = 0;
  std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> long_words_;
};

}  // namespace etude::bpe
