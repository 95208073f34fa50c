#include "cleaning_text.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <etude/unicode.hpp>

namespace dataset_music {
namespace {

/// How many bytes at the front of `text` are ASCII, counted in eights.
std::size_t ascii_at_front(std::string_view text) {
  constexpr std::uint64_t high_bits = 0x8080808080808080;
  std::size_t bytes = 0;
  for (std::uint64_t eight; bytes + sizeof eight <= text.size(); bytes += sizeof eight) {
    std::memcpy(&eight, text.data() + bytes, sizeof eight);
    if (eight & high_bits) break;
  }
  return bytes;
}

/// How many bytes at the front of `text` are UTF-8.
std::size_t utf8_at_front(std::string_view text) {
  std::size_t bytes = 0;
  while (bytes < text.size()) {
    bytes += ascii_at_front(text.substr(bytes));
    // The end of the ASCII is among the next eight; after other letters it is worth looking for more.
    for (int i = 0; i < 8 && bytes < text.size(); ++i) {
      const auto point = etude::first_code_point(text.substr(bytes));
      if (!point.valid) return bytes;
      bytes += static_cast<std::size_t>(point.bytes);
    }
  }
  return bytes;
}

/// The bytes that one U+FFFD stands for: those at the front of `text` that could begin a character, else one (Unicode 15, table
/// 3-8).
std::size_t undecodable_at_front(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = byte(0);
  const std::size_t wanted = lead >= 0xC2 && lead <= 0xDF   ? 2
                             : lead >= 0xE0 && lead <= 0xEF ? 3
                             : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                            : 1;
  // The second byte is what rules out overlong forms, surrogates and values that are too large.
  const unsigned char lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
  const unsigned char highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
  std::size_t bytes = 1;
  if (bytes < wanted && bytes < text.size() && byte(1) >= lowest && byte(1) <= highest) ++bytes;
  while (bytes > 1 && bytes < wanted && bytes < text.size() && (byte(bytes) & 0xC0) == 0x80) ++bytes;
  return bytes;
}

bool ends_line(std::string_view text, std::size_t at) {
  switch (static_cast<unsigned char>(text[at])) {
    case 0xC2:
      return text.substr(at, 2) == "\xC2\x85";
    case 0xE2:
      return text.substr(at, 3) == "\xE2\x80\xA8" || text.substr(at, 3) == "\xE2\x80\xA9";
    default:
      return true;
  }
}

// Bytes that end a line of LineEnds::all or may begin what does.
constexpr std::array<bool, 256> may_end_line = [] {
  std::array<bool, 256> table{};
  for (const unsigned c : {0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0xC2, 0xE2}) table[c] = true;
  return table;
}();

}  // namespace

std::string_view as_utf8(std::string_view raw, Undecodable undecodable, std::string& buffer) {
  std::size_t good = utf8_at_front(raw);
  if (good == raw.size()) return raw;
  buffer.clear();
  if (undecodable == Undecodable::latin1) {
    for (const char c : raw) etude::append_utf8(buffer, static_cast<unsigned char>(c));
    return buffer;
  }
  for (;;) {
    buffer += raw.substr(0, good);
    raw.remove_prefix(good);
    if (raw.empty()) return buffer;
    raw.remove_prefix(undecodable_at_front(raw));
    if (undecodable == Undecodable::replaced) etude::append_utf8(buffer, etude::replacement_character);
    good = utf8_at_front(raw);
  }
}

std::string_view take_line(std::string_view& rest, LineEnds ends) {
  std::size_t end = 0, next = 0;
  if (ends == LineEnds::newlines) {
    end = std::min(rest.find('\n'), rest.size());
    end = std::min(rest.substr(0, end).find('\r'), end);
    next = end + 1;
  } else {
    while (end < rest.size() && !(may_end_line[static_cast<unsigned char>(rest[end])] && ends_line(rest, end))) ++end;
    next = end == rest.size() ? end : end + static_cast<std::size_t>(etude::first_code_point(rest.substr(end)).bytes);
  }
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(next, rest.size()));
  return line;
}

}  // namespace dataset_music
