#include <algorithm>
#include <etude/plugin.hpp>

namespace etude {

const char* name(Kind kind) {
  constexpr const char* names[] = {"tokenizer", "architecture", "dataset", "metric"};
  return names[static_cast<int>(kind)];
}

void Registry::add(Part part) {
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  if (part.id.empty() || !std::all_of(part.id.begin(), part.id.end(), allowed))
    throw Error(text("malformed id \"", part.id, "\" of ", part.kind == Kind::architecture ? "an " : "a ", name(part.kind)),
                "use lower case letters, digits and '_' only");
  for (const auto& present : parts_)
    if (present.kind == part.kind && present.id == part.id)
      throw Error(text(name(part.kind), " ", part.id, " is registered twice"), "give each part of a plugin its own id");
  parts_.push_back(std::move(part));
}

}  // namespace etude
