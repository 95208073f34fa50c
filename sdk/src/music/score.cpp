#include <algorithm>
#include <etude/music/score.hpp>

namespace etude::music {

Fraction length_of(const Element& element) {
  return std::visit(
      [](const auto& item) -> Fraction {
        if constexpr (std::is_base_of_v<Event, std::decay_t<decltype(item)>>) return item.length;
        return 0;
      },
      element.item);
}

Fraction Measure::length() const {
  Fraction end;
  for (const auto& element : elements) end = std::max(end, element.offset + length_of(element));
  return end;
}

std::string Tune::field(char tag) const {
  const auto found = std::ranges::find(fields, tag, &Field::tag);
  return found == fields.end() ? std::string() : found->text;
}

}  // namespace etude::music
