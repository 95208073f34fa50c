#include "outcomes.hpp"

#include <algorithm>

namespace metric_music {

std::string kind_of(const std::string& verdict) {
  std::string kind;
  bool in_word = false;  // "music21" is a name, no number
  for (const char c : verdict) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) in_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!digit || in_word)
      kind += c;
    else if (!kind.ends_with('#'))
      kind += '#';
  }
  for (const char* place : {"line #, column #: ", "line #: "})
    if (const auto at = kind.find(place); at != std::string::npos) kind.erase(at, std::string_view(place).size());
  // Quoted is what this text alone has: "not a whole number: 'A'", "one '/' is expected in 'C#'".
  for (const char* quoted : {": '", " in '"})
    if (const auto at = kind.find(quoted); at != std::string::npos) kind.erase(at);
  return kind;
}

void Outcomes::add(const std::string& verdict) { ++counts_[kind_of(verdict)]; }

etude::MetricTable Outcomes::table() const {
  std::vector<std::pair<std::string, std::int64_t>> ranked(counts_.begin(), counts_.end());
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
  std::vector<std::string> outcomes;
  std::vector<double> samples;
  constexpr std::size_t most = 30;
  double others = 0;
  for (const auto& [outcome, count] : ranked) {
    if (outcomes.size() == most) {
      others += static_cast<double>(count);
      continue;
    }
    outcomes.push_back(outcome);
    samples.push_back(static_cast<double>(count));
  }
  if (others > 0) {
    outcomes.emplace_back("others");
    samples.push_back(others);
  }
  return {{{"outcome", std::move(outcomes)}, {"samples", std::move(samples)}}};
}

}  // namespace metric_music
