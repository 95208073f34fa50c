#include <etude/music/cut_tune.hpp>

namespace etude::music {

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

}  // namespace etude::music
