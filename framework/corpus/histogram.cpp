#include <algorithm>
#include <corpus/histogram.hpp>
#include <cstring>
#include <etude/unicode.hpp>

namespace etude {

namespace {

constexpr std::size_t word = sizeof(std::uint64_t);

/// True if the eight bytes from `at` on are all ASCII.
bool ascii_word(std::string_view text, std::size_t at) {
  std::uint64_t bytes;
  std::memcpy(&bytes, text.data() + at, word);
  return (bytes & 0x8080808080808080u) == 0;
}

}  // namespace

std::int64_t count_characters_fast(std::string_view text) {
  std::int64_t characters = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (at + word <= text.size() && ascii_word(text, at)) {
      characters += word;
      at += word;
    } else {
      at += static_cast<std::size_t>(first_code_point(text.substr(at)).bytes);
      ++characters;
    }
  }
  return characters;
}

std::int64_t Histogram::add(std::string_view text) {
  std::int64_t characters = 0;
  for (std::size_t at = 0; at < text.size();) {
    if (at + word <= text.size() && ascii_word(text, at)) {
      for (std::size_t i = 0; i < word; ++i) ++low_[static_cast<unsigned char>(text[at + i])];
      characters += word;
      at += word;
      continue;
    }
    const CodePoint point = first_code_point(text.substr(at));
    at += static_cast<std::size_t>(point.bytes);
    ++characters;
    if (!point.valid) continue;
    if (point.value < low_.size()) {
      ++low_[point.value];
    } else {
      ++high_[point.value];
    }
  }
  return characters;
}

void Histogram::add(const Histogram& other) {
  for (std::size_t i = 0; i < low_.size(); ++i) low_[i] += other.low_[i];
  for (const auto& [character, count] : other.high_) high_[character] += count;
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
