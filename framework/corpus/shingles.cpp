#include <algorithm>
#include <bit>
#include <corpus/shingles.hpp>
#include <cstring>
#include <etude/random.hpp>

namespace etude {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

/// Characters that make up bar lines: "|", "||", "|]", "[|", "|:", ":|", "::", and the endings "|1" keep their digit in the bar.
bool ends_bar(std::string_view line, std::size_t at) {
  return line[at] == '|' || (line[at] == ':' && at + 1 < line.size() && line[at + 1] == ':');
}

std::string_view first_word(std::string_view text) {
  std::size_t begin = 0;
  while (begin < text.size() && is_space(text[begin])) ++begin;
  std::size_t end = begin;
  while (end < text.size() && !is_space(text[end]) && text[end] != ']') ++end;
  return text.substr(begin, end - begin);
}

}  // namespace

std::uint64_t hash_bytes(std::string_view bytes) {
  std::uint64_t hash = mix_bits(bytes.size());
  for (std::size_t at = 0; at < bytes.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data() + at, std::min(sizeof word, bytes.size() - at));
    hash = mix_bits(hash ^ word);
  }
  return hash;
}

const std::vector<std::uint64_t>& Shingler::shingles(std::string_view text) {
  shingles_.clear();
  used_voices_ = 0;
  enter_voice("");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    read_line(text.substr(at, end - at));
    at = end + 1;
  }
  std::size_t bars = 0;
  for (std::size_t i = 0; i < used_voices_; ++i) bars += voices_[i].bars.size();
  table_.assign(std::bit_ceil(2 * bars + 2), 0);
  for (std::size_t i = 0; i < used_voices_; ++i) add_shingles(voices_[i].bars);
  if (shingles_.empty() && !text.empty()) add(hash_bytes(text));
  return shingles_;
}

void Shingler::read_line(std::string_view line) {
  while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
  if (line.empty() || line.front() == '%') return;
  if (line.size() > 1 && line[1] == ':' && is_letter(line.front())) {
    if (line.front() == 'V') enter_voice(line.substr(2));
    return;
  }
  read_music(line);
}

void Shingler::read_music(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    const char c = line[at];
    if (is_space(c)) continue;
    if (c == '%' || (c == '\\' && at + 1 == line.size())) break;
    if (c == '"' || c == '!') {
      const std::size_t closing = line.find(c, at + 1);
      if (closing != std::string_view::npos) {
        at = closing;
        continue;
      }
    }
    if (c == '[' && at + 2 < line.size() && line[at + 2] == ':' && is_letter(line[at + 1])) {
      const std::size_t closing = line.find(']', at);
      if (closing != std::string_view::npos) {
        if (line[at + 1] == 'V') {
          end_bar();
          enter_voice(line.substr(at + 3, closing - at - 3));
        }
        at = closing;
        continue;
      }
    }
    if (ends_bar(line, at)) {
      while (!bar_.empty() && (bar_.back() == ':' || bar_.back() == '[')) bar_.pop_back();
      end_bar();
      while (at + 1 < line.size() && (line[at + 1] == '|' || line[at + 1] == ':' || line[at + 1] == ']')) ++at;
      continue;
    }
    bar_ += c;
  }
  end_bar();
}

void Shingler::enter_voice(std::string_view field) {
  const std::uint64_t name = hash_bytes(first_word(field));
  for (voice_ = 0; voice_ < used_voices_; ++voice_)
    if (voices_[voice_].name == name) return;
  if (used_voices_ == voices_.size()) voices_.emplace_back();
  voices_[used_voices_].name = name;
  voices_[used_voices_++].bars.clear();
}

void Shingler::end_bar() {
  if (!bar_.empty()) voices_[voice_].bars.push_back(hash_bytes(bar_));
  bar_.clear();
}

void Shingler::add_shingles(const std::vector<std::uint64_t>& bars) {
  if (bars.empty()) return;
  const std::size_t length = std::min(shingle_bars_, bars.size());
  for (std::size_t first = 0; first + length <= bars.size(); ++first) {
    std::uint64_t hash = length;
    for (std::size_t i = 0; i < length; ++i) hash = mix_bits(hash ^ bars[first + i]);
    add(hash);
  }
}

void Shingler::add(std::uint64_t shingle) {
  if (shingle == 0) shingle = 1;
  std::size_t at = shingle & (table_.size() - 1);
  while (table_[at] != 0 && table_[at] != shingle) at = (at + 1) & (table_.size() - 1);
  if (table_[at] == shingle) return;
  table_[at] = shingle;
  shingles_.push_back(shingle);
}

double jaccard(const std::vector<std::uint64_t>& a, const std::vector<std::uint64_t>& b) {
  std::size_t common = 0;
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      ++common, ++i, ++j;
    } else {
      ++(a[i] < b[j] ? i : j);
    }
  }
  const std::size_t all = a.size() + b.size() - common;
  return all == 0 ? 1.0 : static_cast<double>(common) / static_cast<double>(all);
}

}  // namespace etude
