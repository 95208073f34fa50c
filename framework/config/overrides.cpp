#include <config/merge.hpp>
#include <config/overrides.hpp>
#include <config/toml.hpp>
#include <etude/error.hpp>
#include <optional>

namespace etude {
namespace {

/// Everything below `value` came from the same place on the command line.
void set_origins(Value& value, const Origin& origin) {
  value.set_origin(origin);
  if (auto* array = value.get_if<Array>())
    for (Value& element : *array) set_origins(element, origin);
  if (auto* table = value.get_if<Table>())
    for (Entry& entry : *table) {
      entry.key_origin = origin;
      set_origins(entry.value, origin);
    }
}

/// The one value of `line` ("a.b = 1" in TOML), as nested tables; nothing if that is not TOML or more than one line.
std::optional<Table> parse_line(const std::string& line) {
  if (line.find('\n') != std::string::npos) return std::nullopt;
  try {
    return parse_toml(line, "--set");
  } catch (const Error&) {
    return std::nullopt;
  }
}

Table parse_override(const std::string& given) {
  const Origin origin{"--set " + given};
  const auto equals = given.find('=');
  if (equals == std::string::npos)
    throw usage_error(text(origin.source, ": there is no '='"),
                      "write --set section.key=value, for example training.batch_size=16");
  const std::string key = given.substr(0, equals);
  const std::string right = given.substr(equals + 1);
  if (key.find_first_of("[]#\n") != std::string::npos || !parse_line(key + " = 0"))
    throw usage_error(text(origin.source, ": '", key, "' is not a key"),
                      "keys are names joined by dots, for example training.batch_size");
  auto table = parse_line(key + " = " + right);
  const auto first = right.find_first_not_of(" \t");
  if (!table && first != std::string::npos && std::string("\"'[{").find(right[first]) != std::string::npos)
    throw usage_error(text(origin.source, ": ", right, " is not a TOML value"),
                      "close its quotes, brackets and braces; the shell may have removed quotes");
  if (!table) table = parse_line(key + " = " + Value(right).toml());
  if (!table) throw usage_error(text(origin.source, ": the value cannot be read"));
  Value whole(std::move(*table));
  set_origins(whole, origin);
  return *whole.get_if<Table>();
}

}  // namespace

Table parse_overrides(const std::vector<std::string>& overrides) {
  Table result;
  for (const std::string& given : overrides) {
    Table layer = parse_override(given);
    expand_seed(layer);
    merge(result, layer);
  }
  return result;
}

}  // namespace etude
