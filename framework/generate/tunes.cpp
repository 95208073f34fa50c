#include <generate/tunes.hpp>

namespace etude {

std::size_t second_tune(std::string_view text, std::size_t prompt_size) {
  bool has_one = false;
  for (std::size_t line = 0; line < text.size();) {
    if (text.substr(line, 2) == "X:") {
      if (has_one && line >= prompt_size) return line;
      has_one = true;
    }
    const auto end = text.find('\n', line);
    line = end == text.npos ? text.size() : end + 1;
  }
  return text.npos;
}

std::string_view first_tune(std::string_view text) {
  const auto begin = text.find("X:");
  if (begin == text.npos) return text;
  text.remove_prefix(begin);
  for (auto line = text.find('\n'); line != text.npos;) {
    const auto end = text.find('\n', line + 1);
    if (end == text.npos) break;
    if (text.substr(line + 1, end - line - 1).find_first_not_of(" \t\r\v\f") == text.npos) return text.substr(0, line + 1);
    line = end;
  }
  return text;
}

}  // namespace etude
