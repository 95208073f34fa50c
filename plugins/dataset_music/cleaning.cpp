#include "cleaning.hpp"

#include <array>
#include <etude/unicode.hpp>

namespace dataset_music {
namespace {

// Where str.splitlines() of Python breaks. A "\r\n" gives an empty line between, which is dropped like any other.
bool ends_line(char32_t c) {
  return (c >= 0x0A && c <= 0x0D) || (c >= 0x1C && c <= 0x1E) || c == 0x85 || c == 0x2028 || c == 0x2029;
}

// What str.strip() of Python strips: the white space of Unicode, and the ASCII separators.
bool is_space(char32_t c) {
  return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// One line while it is read: its text from the first to the last character that is no space.
struct Line {
  std::string text;
  std::size_t stripped_bytes = 0;  ///< of `text`, without spaces at the end
  std::int64_t characters = 0;     ///< of `text`
  std::int64_t stripped_characters = 0;
  char32_t second = 0;

  void add(char32_t c, std::string_view bytes) {
    const bool space = is_space(c);
    if (text.empty() && space) return;
    text += bytes;
    if (++characters == 2) second = c;
    if (space) return;
    stripped_bytes = text.size();
    stripped_characters = characters;
  }

  std::string_view stripped() const { return std::string_view(text).substr(0, stripped_bytes); }
};

bool kept_by_phase1(const Line& line) {
  constexpr std::array<std::string_view, 6> headers = {"X:", "M:", "L:", "K:", "V:", "P:"};
  const std::string_view stripped = line.stripped();
  if (stripped.empty()) return false;
  const bool field = line.stripped_characters > 1 && line.second == ':';
  if (!field) return stripped.front() != '%';
  for (const auto header : headers)
    if (stripped.starts_with(header)) return true;
  return false;
}

}  // namespace

std::optional<std::string> clean_phase1(std::string_view raw) {
  constexpr std::int64_t shortest = 50;
  std::string out;
  out.reserve(raw.size());
  std::int64_t characters = 0;
  Line line;
  const auto end_line = [&] {
    if (kept_by_phase1(line)) {
      characters += line.stripped_characters + (out.empty() ? 0 : 1);
      if (!out.empty()) out += '\n';
      out += line.stripped();
    }
    line.text.clear();
    line.stripped_bytes = 0;
    line.characters = line.stripped_characters = 0;
  };
  etude::for_each_code_point(raw, [&](const etude::CodePoint& point, std::size_t position) {
    if (!point.valid) return;
    if (ends_line(point.value)) {
      end_line();
    } else {
      line.add(point.value, raw.substr(position, static_cast<std::size_t>(point.bytes)));
    }
  });
  end_line();
  if (characters < shortest) return std::nullopt;
  return out;
}

}  // namespace dataset_music
