#include <array>
#include <base/text.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace etude {
namespace {

struct Range {
  char32_t first, last;
};
constexpr std::array wide = {Range{0x1100, 0x115F},   Range{0x2E80, 0xA4CF},  Range{0xAC00, 0xD7A3}, Range{0xF900, 0xFAFF},
                             Range{0xFE30, 0xFE6F},   Range{0xFF00, 0xFF60},  Range{0xFFE0, 0xFFE6}, Range{0x1F300, 0x1F64F},
                             Range{0x1F680, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
constexpr std::array combining = {Range{0x0300, 0x036F}, Range{0x0483, 0x0489}, Range{0x0591, 0x05BD}, Range{0x200B, 0x200F},
                                  Range{0x20D0, 0x20FF}, Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}};

bool among(char32_t c, const auto& ranges) {
  for (const auto& range : ranges)
    if (range.first <= c && c <= range.last) return true;
  return false;
}

/// One step over the text: an escape sequence, or a character (an invalid byte counts as one).
struct Step {
  std::size_t bytes, columns;
};

Step next_step(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  if (byte(0) == 0x1B && byte(1) == '[') {
    std::size_t end = 2;
    while (end < text.size() && !(byte(end) >= 0x40 && byte(end) <= 0x7E)) ++end;
    return {std::min(end + 1, text.size()), 0};
  }
  const std::size_t length = byte(0) < 0x80 ? 1 : byte(0) >= 0xF0 ? 4 : byte(0) >= 0xE0 ? 3 : byte(0) >= 0xC0 ? 2 : 1;
  char32_t c = length == 1 ? byte(0) : byte(0) & (0xFFu >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80) return {1, 1};
    c = c << 6 | (byte(i) & 0x3Fu);
  }
  return {length, among(c, combining) ? 0u : among(c, wide) ? 2u : 1u};
}

/// Three significant digits.
std::string three_digits(double value) { return fixed(value, value < 9.995 ? 2 : value < 99.95 ? 1 : 0); }

}  // namespace

std::size_t display_width(std::string_view text) {
  std::size_t columns = 0;
  while (!text.empty()) {
    const Step step = next_step(text);
    columns += step.columns;
    text.remove_prefix(step.bytes);
  }
  return columns;
}

std::string cut(std::string_view text, std::size_t width) {
  if (display_width(text) <= width) return std::string(text);
  const std::size_t dots = std::min<std::size_t>(width, 3);
  std::size_t columns = 0, end = 0;
  while (end < text.size()) {
    const Step step = next_step(text.substr(end));
    if (columns + step.columns + dots > width) break;
    columns += step.columns;
    end += step.bytes;
  }
  return std::string(text.substr(0, end)) + std::string(dots, '.');
}

std::string fixed(double value, int digits) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 400> buffer{};
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::fixed, digits).ptr;
  return {buffer.data(), end};
}

std::string percent_text(double share) { return fixed(100 * share, 0) + " %"; }

std::string share_text(double share) {
  if (share == 0 || share == 1 || !std::isfinite(share)) return percent_text(share);
  const double percent = 100 * share;
  // A share that is not all must not look like it.
  if (percent > 99.5 && percent < 100) return fixed(std::min(percent, 99.99), 2) + " %";
  int digits = 0;
  for (double size = std::abs(percent); size < 9.95 && digits < 8; size *= 10) ++digits;
  return fixed(percent, digits) + " %";
}

std::string shortest(double value) {
  if (!std::isfinite(value)) return fixed(value, 0);
  std::array<char, 32> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

std::string count_text(double count) {
  if (!std::isfinite(count)) return fixed(count, 0);
  const double size = std::abs(count);
  if (size < 999.5) return fixed(count, count == std::round(count) || size >= 99.95 ? 0 : size < 9.995 ? 2 : 1);
  double unit = 1e3;
  for (const char* name : {" k", " M", " G", " T", " P", " E"}) {
    if (size < 999.5 * unit || unit >= 1e18) return (count < 0 ? "-" : "") + three_digits(size / unit) + name;
    unit *= 1e3;
  }
  return shortest(count);
}

std::string counted(std::int64_t count, const char* noun) { return std::to_string(count) + ' ' + noun + (count == 1 ? "" : "s"); }

std::string bytes_text(double bytes) {
  if (!std::isfinite(bytes)) return fixed(bytes, 0);
  if (bytes < 1024) return fixed(bytes, 0) + " B";
  double unit = 1024;
  for (const char* name : {" KiB", " MiB", " GiB", " TiB"}) {
    if (bytes < 999.5 * unit || unit == 1024.0 * 1024 * 1024 * 1024) return three_digits(bytes / unit) + name;
    unit *= 1024;
  }
  return fixed(bytes, 0) + " B";
}

std::string duration_text(double seconds) {
  if (!std::isfinite(seconds)) return fixed(seconds, 0);
  if (seconds < 9.95) return fixed(seconds, 1) + " s";
  const auto whole = static_cast<std::int64_t>(std::llround(seconds));
  const auto two = [](std::int64_t n) { return (n < 10 ? "0" : "") + std::to_string(n); };
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3600) return std::to_string(whole / 60) + " m " + two(whole % 60) + " s";
  if (whole < 86400) return std::to_string(whole / 3600) + " h " + two(whole / 60 % 60) + " m";
  return std::to_string(whole / 86400) + " d " + two(whole / 3600 % 24) + " h";
}

}  // namespace etude
