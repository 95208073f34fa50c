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
