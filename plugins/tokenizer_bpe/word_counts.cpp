#include "word_counts.hpp"

#include <algorithm>
#include <utility>

namespace etude::bpe {

std::uint64_t hash_of(std::string_view word) {
  std::uint64_t hash = word.size();
  for (; word.size() >= 8; word.remove_prefix(8)) {
    std::uint64_t bytes;
    std::memcpy(&bytes, word.data(), 8);
    hash = mix_bits(hash ^ bytes);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, word.data(), word.size());
  return mix_bits(hash ^ rest);
}

void WordCounts::add_text(std::string_view text, SplitRule rule) {
  for_each_line(text,
                [&](std::string_view line) { for_each_pretoken(line, rule, [&](std::string_view word) { add(word, 1); }); });
}

ShortWord WordCounts::key_of(std::string_view word) {
  if (word.size() <= ShortWord::max_size) return short_word(word);
  return {hash_of(word), long_word | word.size()};
}

void WordCounts::add(std::string_view word, std::int64_t count) {
  const ShortWord key = key_of(word);
  std::size_t at = place(key, word);
  if (slots_[at].key.empty()) {
    ++size_;
    bytes_ += word.size();
    if (3 * size_ > 2 * slots_.size()) {
      grow();
      at = place(key, word);
    }
    slots_[at].key = key;
    if (word.size() > ShortWord::max_size) slots_[at].bytes = keep(word);
  }
  slots_[at].count += count;
}

std::size_t WordCounts::place(const ShortWord& key, std::string_view word) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = key.hash() & mask;
  while (!slots_[at].key.empty() && !(slots_[at].key == key && (!slots_[at].bytes || slots_[at].word() == word)))
    at = (at + 1) & mask;
  return at;
}

void WordCounts::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  for (const auto& slot : old)
    if (!slot.key.empty()) slots_[place(slot.key, slot.word())] = slot;
}

const char* WordCounts::keep(std::string_view word) {
  if (word.size() > left_) {
    left_ = std::max<std::size_t>(word.size(), 1 << 18);
    blocks_.push_back(std::make_unique<char[]>(left_));
    next_ = blocks_.back().get();
  }
  std::copy(word.begin(), word.end(), next_);
  left_ -= word.size();
  return std::exchange(next_, next_ + word.size());
}

}  // namespace etude::bpe
