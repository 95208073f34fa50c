#include "music_sample.hpp"

namespace metric_music {

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
