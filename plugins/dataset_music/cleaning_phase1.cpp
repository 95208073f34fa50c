#include <algorithm>
#include <array>

#include "cleaning.hpp"
#include "cleaning_text.hpp"

namespace dataset_music {
namespace {

/// Any line whose second character is ':' counts as a field, so that music which opens with "|:" goes.
bool kept_by_phase1(std::string_view line) {
  constexpr std::array<std::string_view, 6> headers = {"X:", "M:", "L:", "K:", "V:", "P:"};
  const auto second = static_cast<std::size_t>(etude::first_code_point(line).bytes);
  if (second == line.size() || line[second] != ':') return line.front() != '%';
  return std::any_of(headers.begin(), headers.end(), [&](std::string_view header) { return line.starts_with(header); });
}

}  // namespace

Cleaned clean_phase1(std::string_view raw) {
  constexpr std::int64_t shortest = 50;
  std::string repaired;
  Cleaned cleaned;
  cleaned.text.reserve(raw.size());
  for_each_stripped_line(as_utf8(raw, Undecodable::dropped, repaired), LineEnds::all, [&](std::string_view line) {
    if (!kept_by_phase1(line)) return;
    if (!cleaned.text.empty()) cleaned.text += '\n';
    cleaned.text += line;
  });
  if (etude::count_characters(std::string_view(cleaned.text).substr(0, 4 * shortest)) < shortest)
    return {.dropped = "fewer than 50 characters after cleaning"};
  return cleaned;
}

}  // namespace dataset_music
