#include "byte_alphabet.hpp"

#include <array>
#include <etude/unicode.hpp>

namespace etude::bpe {
namespace {

constexpr char32_t end_of_alphabet = 0x144;  ///< 68 bytes are not printable: U+0100 to U+0143

constexpr bool stands_for_itself(int byte) {
  return (byte >= '!' && byte <= '~') || (byte >= 0xA1 && byte <= 0xAC) || byte >= 0xAE;
}

constexpr std::array<char32_t, 256> letter_table() {
  std::array<char32_t, 256> letters{};
  char32_t next = 0x100;
  for (int byte = 0; byte < 256; ++byte)
    letters[static_cast<std::size_t>(byte)] = stands_for_itself(byte) ? static_cast<char32_t>(byte) : next++;
  return letters;
}

constexpr auto letters = letter_table();

constexpr std::array<int, end_of_alphabet> byte_table() {
  std::array<int, end_of_alphabet> bytes{};
  for (int& byte : bytes) byte = -1;
  for (int byte = 0; byte < 256; ++byte) bytes[letters[static_cast<std::size_t>(byte)]] = byte;
  return bytes;
}

constexpr auto bytes_of_letters = byte_table();

}  // namespace

char32_t letter_of(unsigned char byte) { return letters[byte]; }

std::string spelled(std::string_view bytes) {
  std::string spelling;
  spelling.reserve(bytes.size() + 4);
  for (const char byte : bytes) append_utf8(spelling, letters[static_cast<unsigned char>(byte)]);
  return spelling;
}

std::optional<std::string> unspelled(std::string_view spelling) {
  std::string bytes;
  bool known = true;
  for_each_code_point(spelling, [&](const CodePoint& point, std::size_t) {
    const int byte = point.valid && point.value < end_of_alphabet ? bytes_of_letters[point.value] : -1;
    known = known && byte >= 0;
    bytes += static_cast<char>(byte);
  });
  return known ? std::optional(std::move(bytes)) : std::nullopt;
}

}  // namespace etude::bpe
