#include <algorithm>
#include <corpus/histogram.hpp>
#include <etude/unicode.hpp>

namespace etude {

std::int64_t Histogram::add(std::string_view text) {
  std::int64_t characters = 0;
  for_each_code_point(text, [&](const CodePoint& point, std::size_t) {
    ++characters;
    if (!point.valid) return;
    if (point.value < low_.size()) {
      ++low_[point.value];
    } else {
      ++high_[point.value];
    }
  });
  return characters;
}

std::vector<CharacterCount> Histogram::ranked() const {
  std::vector<CharacterCount> counts(high_.begin(), high_.end());
  for (std::size_t i = 0; i < low_.size(); ++i)
    if (low_[i] > 0) counts.emplace_back(static_cast<char32_t>(i), low_[i]);
  std::sort(counts.begin(), counts.end(), [](const CharacterCount& a, const CharacterCount& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  return counts;
}

}  // namespace etude
