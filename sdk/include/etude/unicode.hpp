// UTF-8, one code point at a time. Lengths everywhere in Etude are code points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace etude {

inline constexpr char32_t replacement_character = 0xFFFD;

/// One code point, or one byte that begins none.
struct CodePoint {
  char32_t value = 0;
  int bytes = 0;  ///< how many it takes; 1 where it is not valid
  bool valid = false;
};

/// What `text` begins with. Overlong forms, surrogates and values above U+10FFFF are not valid. `text` is not empty.
inline CodePoint first_code_point(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const int bytes = lead >= 0xC2 && lead <= 0xDF ? 2 : lead >= 0xE0 && lead <= 0xEF ? 3 : lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
  if (bytes == 0 || text.size() < static_cast<std::size_t>(bytes)) return {lead, 1, false};
  char32_t value = lead & (0xFF >> (bytes + 1));
  for (int i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {lead, 1, false};
    value = value << 6 | (byte(i) & 0x3F);
  }
  const bool overlong = (bytes == 3 && value < 0x800) || (bytes == 4 && value < 0x10000);
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (overlong || surrogate || value > 0x10FFFF) return {lead, 1, false};
  return {value, bytes, true};
}

/// Calls visit(CodePoint, position) for all of `text` in order.
template <class Visit>
void for_each_code_point(std::string_view text, Visit&& visit) {
  for (std::size_t position = 0; position < text.size();) {
    const CodePoint point = first_code_point(text.substr(position));
    visit(point, position);
    position += static_cast<std::size_t>(point.bytes);
  }
}

/// Code points of `text`; each byte that belongs to none counts as one.
inline std::int64_t count_characters(std::string_view text) {
  std::int64_t count = 0;
  for_each_code_point(text, [&](const CodePoint&, std::size_t) { ++count; });
  return count;
}

/// White space as Python's str.strip() and str.split() see it: Unicode's, and the ASCII separators 0x1C to 0x1F.
inline constexpr bool is_white_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// How many bytes the white space takes that `text` begins with; 0 where it begins with something else, or is empty.
inline std::size_t white_space_at_front(std::string_view text) {
  if (text.empty()) return 0;
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return is_white_space(lead) ? 1 : 0;
  if (lead != 0xC2 && (lead < 0xE1 || lead > 0xE3)) return 0;  // where U+0085 and U+00A0, U+1680 to U+3000 begin
  const CodePoint point = first_code_point(text);
  return point.valid && is_white_space(point.value) ? static_cast<std::size_t>(point.bytes) : 0;
}

/// The same at the end of `text`.
inline std::size_t white_space_at_back(std::string_view text) {
  if (text.empty()) return 0;
  const auto last = static_cast<unsigned char>(text.back());
  if (last < 0x80) return is_white_space(last) ? 1 : 0;
  for (std::size_t bytes = 2; bytes <= 3 && bytes <= text.size(); ++bytes)
    if (white_space_at_front(text.substr(text.size() - bytes)) == bytes) return bytes;
  return 0;
}

/// `text` without the white space at both ends: Python's str.strip().
inline std::string_view stripped(std::string_view text) {
  while (const auto bytes = white_space_at_front(text)) text.remove_prefix(bytes);
  while (const auto bytes = white_space_at_back(text)) text.remove_suffix(bytes);
  return text;
}

/// Appends `point` as UTF-8.
inline void append_utf8(std::string& text, char32_t point) {
  const auto tail = [&](int shift) { text += static_cast<char>(0x80 | (point >> shift & 0x3F)); };
  if (point < 0x80) {
    text += static_cast<char>(point);
  } else if (point < 0x800) {
    text += static_cast<char>(0xC0 | point >> 6);
    tail(0);
  } else if (point < 0x10000) {
    text += static_cast<char>(0xE0 | point >> 12);
    tail(6), tail(0);
  } else {
    text += static_cast<char>(0xF0 | point >> 18);
    tail(12), tail(6), tail(0);
  }
}

}  // namespace etude
