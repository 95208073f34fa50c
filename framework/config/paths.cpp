#include <config/paths.hpp>

namespace etude {

std::filesystem::path resolved_path(const Value& value) {
  const Origin& origin = value.origin();
  // Only values of files have lines.
  const auto base = origin.line > 0 ? std::filesystem::path(origin.source).parent_path() : std::filesystem::path();
  return std::filesystem::absolute(base / *value.get_if<std::string>()).lexically_normal();
}

namespace {

void make_absolute(Value& value) {
  if (auto* array = value.get_if<Array>())
    for (Value& element : *array) make_absolute(element);
  const auto* given = value.get_if<std::string>();
  if (given && !given->empty()) value = Value(resolved_path(value).string(), value.origin());
}

}  // namespace

void resolve_paths(Table& values, const OptionTable& options) {
  for (Entry& entry : values) {
    const OptionSpec* spec = options.find(entry.key);
    if (!spec) continue;
    Table* table = entry.value.get_if<Table>();
    if (spec->nested && table) resolve_paths(*table, *spec->nested);
    if (spec->type.find("path") != std::string::npos) make_absolute(entry.value);
  }
}

}  // namespace etude
