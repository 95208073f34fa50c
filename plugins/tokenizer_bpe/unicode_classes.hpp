// The classes of characters that GPT-2's pattern tells apart.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace etude::bpe {

enum class CharClass : std::uint8_t { other = 0, letter = 1, number = 2, white_space = 3 };

/// \p{L}, \p{N} or \s as Hugging Face `tokenizers` 0.21.4 has them, else `other`. `point` <= U+10FFFF.
CharClass class_of(char32_t point);

/// The same for U+0000 to U+007F; bytes from 0x80 on, which begin a longer character or none, are `other`.
extern const std::array<CharClass, 256> ascii_classes;

struct CodePointRange {
  char32_t first, last;  ///< both included
};
std::span<const CodePointRange> letters();
std::span<const CodePointRange> numbers();
std::span<const CodePointRange> white_space();

}  // namespace etude::bpe
