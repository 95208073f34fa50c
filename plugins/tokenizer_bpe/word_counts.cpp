#include "word_counts.hpp"

namespace etude::bpe {

void WordCounts::add_text(std::string_view text, SplitRule rule) {
  const char* const end = text.data() + text.size();
  for_each_pretoken(text, rule, [&](std::string_view word) {
    if (word.size() <= ShortWord::max_size) {
      add(short_word(word, end), 1);
    } else {
      add_long(word, 1);
    }
  });
}

void WordCounts::add(const WordCounts& other) {
  for (const auto& slot : other.slots_)
    if (!slot.word.empty()) add(slot.word, slot.count);
  for (const auto& [word, count] : other.long_words_) add_long(word, count);
}

void WordCounts::add(const ShortWord& word, std::int64_t count) {
  std::size_t at = place(word);
  if (slots_[at].word.empty()) {
    if (2 * ++short_words_ > slots_.size()) {
      grow();
      at = place(word);
    }
    slots_[at].word = word;
  }
  slots_[at].count += count;
}

void WordCounts::add_long(std::string_view word, std::int64_t count) {
  const auto found = long_words_.find(word);
  if (found != long_words_.end()) {
    found->second += count;
  } else {
    long_words_.emplace(word, count);
  }
}

std::size_t WordCounts::place(const ShortWord& word) const {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = word.hash() & mask;
  while (slots_[at].word != word && !slots_[at].word.empty()) at = (at + 1) & mask;
  return at;
}

void WordCounts::grow() {
  std::vector<Slot> old(2 * slots_.size());
  old.swap(slots_);
  for (const auto& slot : old)
    if (!slot.word.empty()) slots_[place(slot.word)] = slot;
}

}  // namespace etude::bpe
