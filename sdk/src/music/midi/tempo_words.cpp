#include "tempo_words.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace etude::music {

namespace {

constexpr std::pair<std::string_view, int> known_tempi[] = {
    {"larghissimo", 16},     {"largamente", 32}, {"grave", 40},        {"molto adagio", 40},     {"largo", 46},
    {"lento", 52},           {"adagio", 56},     {"slow", 56},         {"langsam", 56},          {"larghetto", 60},
    {"adagietto", 66},       {"andante", 72},    {"andantino", 80},    {"andante moderato", 83}, {"maestoso", 88},
    {"moderato", 92},        {"moderate", 92},   {"allegretto", 108},  {"animato", 120},         {"allegro moderato", 128},
    {"allegro", 132},        {"fast", 132},      {"schnell", 132},     {"allegrissimo", 140},    {"molto allegro", 144},
    {"tr\u00e8s vite", 144}, {"vivace", 160},    {"vivacissimo", 168}, {"presto", 184},          {"prestissimo", 208}};

/// In lower case, as far as the letters of the known tempi go.
std::string lower_case(std::string_view words) {
  std::string result(words);
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (result[i] >= 'A' && result[i] <= 'Z') result[i] = static_cast<char>(result[i] - 'A' + 'a');
    if (result.compare(i, 2, "\u00c8") == 0) result.replace(i, 2, "\u00e8");
  }
  return result;
}

std::optional<double> look_up(std::string_view words) {
  for (const auto& [name, number] : known_tempi) {
    if (name == words) return number;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> beats_a_minute(std::string_view words) {
  const std::string lower = lower_case(words);
  std::optional<double> found = look_up(lower);
  if (found) return found;
  for (std::size_t begin = 0; begin <= lower.size();) {
    const std::size_t end = std::min(lower.find(' ', begin), lower.size());
    if (const auto number = look_up(std::string_view(lower).substr(begin, end - begin))) found = number;
    begin = end + 1;
  }
  return found;
}

}  // namespace etude::music
