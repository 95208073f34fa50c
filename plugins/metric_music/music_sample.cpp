#include "music_sample.hpp"

namespace metric_music {

using etude::music::Extent;

CutTune cut_tune(std::string_view text) {
  const auto begin = text.find("X:");
  if (begin == std::string_view::npos) return {};
  text.remove_prefix(begin);
  for (std::size_t line = text.find('\n'); line != std::string_view::npos;) {
    const std::size_t end = text.find('\n', line + 1);
    if (end == std::string_view::npos) break;
    if (text.substr(line + 1, end - line - 1).find_first_not_of(" \t\r\v\f") == std::string_view::npos)
      return {text.substr(0, line + 1), Extent::whole};
    line = end;
  }
  return {text, Extent::cut_off};
}

std::vector<CutTune> cut_tunes(const std::vector<std::string>& texts) {
  std::vector<CutTune> tunes;
  for (const std::string& text : texts) tunes.push_back(cut_tune(text));
  return tunes;
}

std::string reason_of(const std::string& message) {
  constexpr std::string_view heading = "no ABC: ";
  return message.starts_with(heading) ? message.substr(heading.size()) : message;
}

}  // namespace metric_music
