// Lists of words for the trainer: many, mostly short, never changed.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace etude::bpe {

using WordIndex = std::uint32_t;

/// Lists of words that live until the end of training: exact copies, packed into large blocks.
class WordLists {
 public:
  std::span<WordIndex> make(std::size_t size) {
    if (size > left_) {
      left_ = std::max(size, block_size);
      blocks_.push_back(std::make_unique<WordIndex[]>(left_));
      next_ = blocks_.back().get();
    }
    const std::span list(next_, size);
    next_ += size;
    left_ -= size;
    return list;
  }

 private:
  static constexpr std::size_t block_size = 1 << 18;
  std::vector<std::unique_ptr<WordIndex[]>> blocks_;
  WordIndex* next_ = nullptr;
  std::size_t left_ = 0;
};

}  // namespace etude::bpe
