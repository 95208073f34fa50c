#include <corpus/filter.hpp>

namespace etude {

const char* filter_reason(const FilterOptions& options, std::int64_t characters) {
  if (characters == 0) return "filtered: empty";
  if (characters < options.min_characters) return "filtered: too short";
  if (options.max_characters > 0 && characters > options.max_characters) return "filtered: too long";
  return nullptr;
}

}  // namespace etude
