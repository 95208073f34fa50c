// How often each pretoken occurs.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "pretokens.hpp"
#include "short_word.hpp"

namespace etude::bpe {

/// 64 bits of all bytes of `word`, the same on every machine.
std::uint64_t hash_of(std::string_view word);

/// A hash table of distinct pretokens; its memory is theirs, not the text's.
class WordCounts {
 public:
  WordCounts() : slots_(first_slots) {}

  /// Counts the pretokens of `text`.
  void add_text(std::string_view text, SplitRule rule);
  void add(std::string_view word, std::int64_t count);
  void add(const WordCounts& other) {
    other.for_each([this](std::string_view word, std::int64_t count) { add(word, count); });
  }
  void clear() { *this = WordCounts(); }

  std::size_t size() const { return size_; }
  /// What the words take, with something for each: the same for the same words.
  std::size_t weight() const { return bytes_ + 16 * size_; }

  /// Calls visit(word, count) for each, in no certain order; `word` lives until the table changes.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& slot : slots_)
      if (!slot.key.empty()) visit(slot.word(), slot.count);
  }

 private:
  static constexpr std::size_t first_slots = 1 << 12;
  static constexpr std::uint64_t long_word = std::uint64_t{0xFF} << 56;  ///< where a short word has its size

  struct Slot {
    ShortWord key;  ///< of a long word: its hash, and its size
    std::int64_t count = 0;
    const char* bytes = nullptr;  ///< of a long word

    std::string_view word() const { return bytes ? std::string_view(bytes, key.high & ~long_word) : key.bytes(); }
  };

  static ShortWord key_of(std::string_view word);
  std::size_t place(const ShortWord& key, std::string_view word) const;
  void grow();
  const char* keep(std::string_view word);

  std::vector<Slot> slots_;  ///< open addressing, linear probing, at most two thirds full
  std::size_t size_ = 0, bytes_ = 0;
  std::vector<std::unique_ptr<char[]>> blocks_;  ///< the bytes of long words
  char* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace etude::bpe
