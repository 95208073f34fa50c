#include "version.hpp"

#include "characters.hpp"
#include "literals.hpp"

namespace etude::music {

namespace {

/// Takes decimal digits off the front of `text`.
std::string_view take_digits(std::string_view& text) {
  const std::string_view all = text;
  while (!text.empty()) {
    const Character c = first_character(text);
    if (!c.traits.is_decimal()) break;
    text.remove_prefix(c.bytes);
  }
  return all.substr(0, all.size() - text.size());
}

}  // namespace

bool declares_version_2(std::string_view text) {
  std::size_t end = 0;
  for (int i = 0; i < 100 && end < text.size(); ++i) end += first_character(text.substr(end)).bytes;
  const std::string_view head = text.substr(0, end);
  constexpr std::string_view sign = "%abc-";
  for (auto at = head.find(sign); at != std::string_view::npos; at = head.find(sign, at + 1)) {
    std::string_view rest = head.substr(at + sign.size());
    const std::string_view major = take_digits(rest);
    if (major.empty() || rest.empty() || rest.front() != '.') continue;
    rest.remove_prefix(1);
    if (take_digits(rest).empty()) continue;
    return read_integer(major) >= Integer{false, "2"};
  }
  return false;
}

std::optional<Propagation> propagation_directive(std::string_view line) {
  constexpr std::string_view name = "%%propagate-accidentals";
  if (line.substr(0, name.size()) != name) return std::nullopt;
  std::string_view rest = line.substr(name.size());
  const auto space = white_space_at_front(rest);
  if (space == 0) return std::nullopt;
  while (const auto bytes = white_space_at_front(rest)) rest.remove_prefix(bytes);
  std::size_t end = 0;
  while (end < rest.size() && white_space_at_front(rest.substr(end)) == 0) end += first_character(rest.substr(end)).bytes;
  const std::string_view value = rest.substr(0, end);
  if (value.empty()) return std::nullopt;
  return value == "octave" ? Propagation::octave : value == "pitch" ? Propagation::pitch : Propagation::none;
}

}  // namespace etude::music
