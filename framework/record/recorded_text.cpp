#include <algorithm>
#include <record/recorded_text.hpp>

namespace etude {

std::string recorded_text(const std::vector<std::pair<std::string, std::string>>& texts, const std::string& name) {
  const auto found = std::find_if(texts.begin(), texts.end(), [&](const auto& entry) { return entry.first == name; });
  return found == texts.end() ? "" : found->second;
}

}  // namespace etude
