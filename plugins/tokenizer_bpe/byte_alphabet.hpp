// How tokenizer.json spells bytes: GPT-2's alphabet of 256 printable characters.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace etude::bpe {

/// The character that stands for `byte`: itself where it is printable in Latin-1 and no space, else one from U+0100 on, in the
/// order of the bytes ("Ġ", U+0120, is the space).
char32_t letter_of(unsigned char byte);

/// `bytes` in letters, as UTF-8.
std::string spelled(std::string_view bytes);

/// The bytes that `spelling` stands for; nothing if one of its characters is not of the alphabet.
std::optional<std::string> unspelled(std::string_view spelling);

}  // namespace etude::bpe
