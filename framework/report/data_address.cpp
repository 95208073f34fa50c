#include <cstdint>
#include <report/data_address.hpp>

namespace etude {

std::string svg_address(std::string_view svg) {
  constexpr std::string_view hexadecimal = "0123456789ABCDEF";
  constexpr std::string_view plain = " -_.,;:/()=+*!~@$?";  // and letters and digits; others mean something somewhere
  std::string address = "data:image/svg+xml,";
  for (const char c : svg) {
    const auto byte = static_cast<unsigned char>(c);
    const bool alphanumeric = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (alphanumeric || plain.find(c) != plain.npos)
      address += c;
    else
      address.append({'%', hexadecimal[byte >> 4], hexadecimal[byte & 15]});
  }
  return address;
}

std::string data_address(std::string_view type, std::string_view bytes) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string address("data:");
  address.append(type).append(";base64,");
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::size_t count = bytes.size() - at < 3 ? bytes.size() - at : 3;
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? static_cast<unsigned char>(bytes[at + i]) : 0u);
    for (std::size_t i = 0; i < 4; ++i) address += i <= count ? digits[group >> (18 - 6 * i) & 63] : '=';
  }
  return address;
}

}  // namespace etude
