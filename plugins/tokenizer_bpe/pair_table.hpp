// Pairs of token ids as keys: a hash table that only grows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <etude/random.hpp>
#include <etude/tokenizer.hpp>
#include <utility>
#include <vector>

namespace etude::bpe {

/// Two ids in one number; numbers compare as pairs do.
constexpr std::uint64_t pair_of(TokenId left, TokenId right) {
  return static_cast<std::uint64_t>(static_cast<std::uint32_t>(left)) << 32 | static_cast<std::uint32_t>(right);
}
constexpr TokenId left_of(std::uint64_t pair) { return static_cast<TokenId>(pair >> 32); }
constexpr TokenId right_of(std::uint64_t pair) { return static_cast<TokenId>(pair & 0xFFFFFFFF); }

/// Open addressing with linear probing, at most half full. A reference holds until the next insertion.
template <class Value>
class PairTable {
 public:
  explicit PairTable(std::size_t expected = 0) {
    std::size_t slots = 16;
    while (slots < 2 * expected) slots *= 2;
    slots_.resize(slots);
  }

  Value* find(std::uint64_t pair) {
    Slot& slot = slots_[place(pair)];
    return slot.pair == pair ? &slot.value : nullptr;
  }
  const Value* find(std::uint64_t pair) const {
    const Slot& slot = slots_[place(pair)];
    return slot.pair == pair ? &slot.value : nullptr;
  }
  /// The value of `pair`, made from {} if it was not there.
  Value& operator[](std::uint64_t pair) {
    std::size_t at = place(pair);
    if (slots_[at].pair == pair) return slots_[at].value;
    if (2 * ++size_ > slots_.size()) {
      grow();
      at = place(pair);
    }
    slots_[at].pair = pair;
    return slots_[at].value;
  }

 private:
  static constexpr std::uint64_t none = ~std::uint64_t{0};  // no ids are negative
  struct Slot {
    std::uint64_t pair = none;
    Value value{};
  };

  std::size_t place(std::uint64_t pair) const {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = mix_bits(pair) & mask;
    while (slots_[at].pair != pair && slots_[at].pair != none) at = (at + 1) & mask;
    return at;
  }

  void grow() {
    std::vector<Slot> old(2 * slots_.size());
    old.swap(slots_);
    for (auto& slot : old)
      if (slot.pair != none) slots_[place(slot.pair)] = std::move(slot);
  }

  std::size_t size_ = 0;
  std::vector<Slot> slots_;
};

}  // namespace etude::bpe
