#include <etude/music/cut_tune.hpp>
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
  const auto tune = music::cut_tune(text).text;
  return tune.empty() ? text : tune;
}

}  // namespace etude
