#include "unicode_classes.hpp"

#include <vector>

namespace etude::bpe {
namespace {

/// A byte a code point: a megabyte, of which a text touches the few pages of its scripts.
std::vector<CharClass> class_table() {
  std::vector<CharClass> table(0x110000, CharClass::other);
  const auto mark = [&](std::span<const CodePointRange> ranges, CharClass value) {
    for (const auto& range : ranges)
      for (char32_t point = range.first; point <= range.last; ++point) table[point] = value;
  };
  mark(letters(), CharClass::letter);
  mark(numbers(), CharClass::number);
  mark(white_space(), CharClass::white_space);
  return table;
}

constexpr std::array<CharClass, 256> ascii_table() {
  std::array<CharClass, 256> table{};
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = CharClass::letter;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = CharClass::letter;
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = CharClass::number;
  for (int c = '\t'; c <= '\r'; ++c) table[static_cast<std::size_t>(c)] = CharClass::white_space;
  table[' '] = CharClass::white_space;
  return table;
}

}  // namespace

constinit const std::array<CharClass, 256> ascii_classes = ascii_table();

CharClass class_of(char32_t point) {
  static const std::vector<CharClass> table = class_table();
  return table[point];
}

}  // namespace etude::bpe
