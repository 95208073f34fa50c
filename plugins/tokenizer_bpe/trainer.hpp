// Learns merges from counted pretokens.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "vocabulary.hpp"

namespace etude::bpe {

struct CountedWord {
  std::string_view bytes;  ///< a pretoken
  std::int64_t count;
};

struct TrainerSettings {
  std::int64_t vocab_size;
  std::int64_t min_frequency;  ///< a pair that stands less often is not merged
  std::vector<std::string> specials;
  bool initial_alphabet;  ///< all 256 bytes have tokens, seen or not
};

/// The vocabulary that the BPE trainer of Hugging Face `tokenizers` learns from the same words, in the same order. `words` are
/// distinct; their order is of no account. Without the split rule and the unknown token, which do not matter here.
/// @throws Error if vocab_size has no room for the specials and the alphabet
Vocabulary train(const std::vector<CountedWord>& words, const TrainerSettings& settings);

}  // namespace etude::bpe
