#include "key_signature.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace metric_music {
namespace {

Alterations alterations_of(int sharps) {
  constexpr std::array<int, 7> order{3, 0, 4, 1, 5, 2, 6};  // F C G D A E B get sharps in this order, flats from its end
  Alterations alterations{};
  for (int i = 0; i < std::min(sharps, 14); ++i) ++alterations[static_cast<std::size_t>(order[static_cast<std::size_t>(i % 7)])];
  for (int i = 0; i < std::min(-sharps, 14); ++i)
    --alterations[static_cast<std::size_t>(order[static_cast<std::size_t>(6 - i % 7)])];
  return alterations;
}

int sharps_of_mode(std::string_view mode) {
  std::string start;
  for (const char c : mode.substr(0, 3)) start += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  constexpr std::array<std::pair<std::string_view, int>, 7> modes{
      {{"min", -3}, {"aeo", -3}, {"mix", -1}, {"dor", -2}, {"phr", -4}, {"lyd", 1}, {"loc", -5}}};
  for (const auto& [name, sharps] : modes)
    if (start == name) return sharps;
  return !start.empty() && start[0] == 'm' && (start.size() == 1 || !is_letter(start[1])) ? -3 : 0;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

Alterations key_of(std::string_view field) {
  field = trimmed(field);
  const int tonic = field.empty() || field[0] > 'G' ? -1 : step_of(field[0]);
  int sharps = 0;
  if (field.starts_with("HP") || field.starts_with("Hp")) {
    sharps = 2;
  } else if (tonic >= 0) {
    constexpr std::array<int, 7> of_tonic{0, 2, 4, -1, 1, 3, 5};
    sharps = of_tonic[static_cast<std::size_t>(tonic)];
    field.remove_prefix(1);
    if (field.starts_with('#') || field.starts_with('b')) {
      sharps += field[0] == '#' ? 7 : -7;
      field.remove_prefix(1);
    }
    field = trimmed(field);
    sharps += sharps_of_mode(field);
  }
  Alterations alterations = alterations_of(sharps);
  for (std::size_t i = 0; i + 1 < field.size(); ++i) {
    const int step = step_of(field[i + 1]);
    if (step < 0) continue;
    if (field[i] == '^') alterations[static_cast<std::size_t>(step)] = 1;
    if (field[i] == '_') alterations[static_cast<std::size_t>(step)] = -1;
    if (field[i] == '=') alterations[static_cast<std::size_t>(step)] = 0;
  }
  return alterations;
}

}  // namespace metric_music
