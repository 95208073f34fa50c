#include "characters.hpp"

#include <algorithm>

namespace etude::music {

namespace {

const CharacterRange* range_of(char32_t value) {
  const auto ranges = character_ranges();
  const auto next = std::upper_bound(ranges.begin(), ranges.end(), value,
                                     [](char32_t point, const CharacterRange& range) { return point < range.first; });
  if (next == ranges.begin()) return nullptr;
  const auto& range = *(next - 1);
  return value <= range.last ? &range : nullptr;
}

}  // namespace

Character detail::beyond_ascii(std::string_view text) {
  const CodePoint point = first_code_point(text);
  if (!point.valid) return {replacement_character, 1, {}};
  const auto* range = range_of(point.value);
  const std::uint8_t bits = range == nullptr ? 0 : (point.value - range->first) % 2 == 0 ? range->even : range->odd;
  return {point.value, static_cast<std::uint8_t>(point.bytes), {bits}};
}

int decimal_value(char32_t digit) {
  if (digit < 0x80) return static_cast<int>(digit - U'0');
  const auto* range = range_of(digit);
  return range == nullptr ? 0 : static_cast<int>((digit - range->first) % 10);
}

}  // namespace etude::music
