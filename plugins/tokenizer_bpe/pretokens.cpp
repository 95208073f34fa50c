#include "pretokens.hpp"

#include <etude/unicode.hpp>

namespace etude::bpe {
namespace {

struct Character {
  CharClass char_class;
  int bytes;
};

Character long_character(const char* at, const char* end) {
  const CodePoint point = first_code_point({at, static_cast<std::size_t>(end - at)});
  return {point.valid ? class_of(point.value) : CharClass::other, point.bytes};
}

Character character(const char* at, const char* end) {
  const auto byte = static_cast<unsigned char>(*at);
  return byte < 0x80 ? Character{ascii_classes[byte], 1} : long_character(at, end);
}

/// The end of the characters of one class.
const char* end_of_run(const char* at, const char* end, CharClass char_class) {
  while (at != end) {
    const Character next = character(at, end);
    if (next.char_class != char_class) break;
    at += next.bytes;
  }
  return at;
}

/// How long the English ending is that begins with the apostrophe at `at`; 0 if none does.
int contraction(const char* at, const char* end) {
  const auto left = end - at;
  if (left < 2) return 0;
  const char first = at[1];
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if (left < 3) return 0;
  const char second = at[2];
  return ((first == 'r' || first == 'v') && second == 'e') || (first == 'l' && second == 'l') ? 3 : 0;
}

/// \s+(?!\S)|\s+: all of it at the end of the text; else what is before its last character, which may belong to what follows.
const char* end_of_white_space(const char* begin, const char* end) {
  const char* last = begin;
  const char* at = begin;
  while (at != end) {
    const Character next = character(at, end);
    if (next.char_class != CharClass::white_space) break;
    last = at;
    at += next.bytes;
  }
  return at == end || last == begin ? at : last;
}

}  // namespace

const char* end_of_gpt2_pretoken(const char* begin, const char* end) {
  if (*begin == '\'')
    if (const int bytes = contraction(begin, end)) return begin + bytes;
  const bool space = *begin == ' ' && begin + 1 != end;
  const Character first = character(begin + space, end);
  if (first.char_class == CharClass::white_space) return end_of_white_space(begin, end);
  return end_of_run(begin + space + first.bytes, end, first.char_class);
}

const char* end_of_bar(const char* begin, const char* end) {
  if (*begin == '\n') return begin + 1;
  const char* at = begin;
  while (at != end && *at != '\n' && *at != '|' && !(*at == ':' && at + 1 != end && at[1] == ':')) ++at;
  if (at == end || *at == '\n') return at;
  while (at != end && (*at == '|' || *at == ':' || *at == ']')) ++at;
  return at;
}

}  // namespace etude::bpe
