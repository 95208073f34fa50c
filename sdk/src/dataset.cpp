#include <etude/dataset.hpp>

namespace etude {

Dataset::~Dataset() = default;

std::optional<Document> Dataset::variant(const std::string&, int) { return std::nullopt; }

}  // namespace etude
