#include "cleaning.hpp"
#include "cleaning_text.hpp"

namespace dataset_music {
namespace {

bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

/// What stays of a line, which is stripped; nothing where it goes.
std::string_view kept_by_phase2(std::string_view line) {
  const bool comment = line.starts_with('%') && !line.starts_with("%%");
  if (line == "..." || line.starts_with("T:") || comment) return {};
  if (!line.ends_with('\\')) return line;
  line.remove_suffix(1);
  return etude::stripped(line);
}

/// Nothing but rests, lengths, bar lines and brackets, and a rest among them.
bool rest_only(std::string_view line) {
  if (line.size() > 1 && is_letter(line[0]) && line[1] == ':') return false;
  bool rest = false;
  while (!line.empty()) {
    if (const auto space = etude::white_space_at_front(line)) {
      line.remove_prefix(space);
      continue;
    }
    constexpr std::string_view allowed = "zZ0123456789/|:[]()<>-";
    if (allowed.find(line.front()) == std::string_view::npos) return false;
    rest |= line.front() == 'z' || line.front() == 'Z';
    line.remove_prefix(1);
  }
  return rest;
}

}  // namespace

Cleaned clean_phase2(std::string_view raw) {
  constexpr std::size_t most_bytes = 5'000'000;
  constexpr int most_trimmed = 32;
  if (raw.size() > most_bytes) return {.dropped = "large"};
  std::string repaired;
  Cleaned cleaned;
  cleaned.text.reserve(raw.size() + 2);
  bool trimming = true;
  int rests = 0;
  for_each_stripped_line(as_utf8(raw, Undecodable::replaced, repaired), LineEnds::newlines, [&](std::string_view line) {
    line = kept_by_phase2(line);
    if (line.empty()) return;
    trimming = trimming && rest_only(line);
    std::string& to = trimming && ++rests <= most_trimmed ? cleaned.trimmed : cleaned.text;
    to += line;
    to += '\n';
  });
  if (cleaned.text.empty()) return {.dropped = "empty"};
  cleaned.text += '\n';
  return cleaned;
}

}  // namespace dataset_music
