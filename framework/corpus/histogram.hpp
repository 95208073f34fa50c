// How often each character occurs.
#pragma once

#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace etude {

using CharacterCount = std::pair<char32_t, std::int64_t>;

class Histogram {
 public:
  /// Counts the characters of `text` and returns how many they are. Bytes that are no UTF-8 count in the sum alone.
  std::int64_t add(std::string_view text);
  void add(const Histogram& other);
  /// The most frequent first, ties by code point.
  std::vector<CharacterCount> ranked() const;

 private:
  std::vector<std::int64_t> low_ = std::vector<std::int64_t>(0x3000);
  std::unordered_map<char32_t, std::int64_t> high_;
};

/// count_characters(), eight bytes at a time where they are ASCII.
std::int64_t count_characters_fast(std::string_view text);

}  // namespace etude
