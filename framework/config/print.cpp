// Resolved values as text: TOML that reads back as the same values, and where each came from.
#include <algorithm>
#include <config/experiment.hpp>

namespace etude {
namespace {

bool is_array_of_tables(const Value& value) {
  const Array* array = value.get_if<Array>();
  return array && !array->empty() &&
         std::all_of(array->begin(), array->end(), [](const Value& element) { return element.get_if<Table>() != nullptr; });
}

/// `key` bare, or quoted where TOML demands it.
std::string key_text(const std::string& key) {
  const auto bare = [](unsigned char c) { return (c < 0x80 && std::isalnum(c)) || c == '_' || c == '-'; };
  return !key.empty() && std::all_of(key.begin(), key.end(), bare) ? key : Value(key).toml();
}

/// Values first, since in TOML whatever follows a header belongs to it.
void write_table(const Table& table, const std::string& path, std::string& out) {
  for (const Entry& entry : table)
    if (!entry.value.get_if<Table>() && !is_array_of_tables(entry.value))
      out += key_text(entry.key) + " = " + entry.value.toml() + "\n";
  for (const Entry& entry : table) {
    const std::string full = path.empty() ? key_text(entry.key) : path + "." + key_text(entry.key);
    if (const Table* inner = entry.value.get_if<Table>()) {
      out += (out.empty() ? "[" : "\n[") + full + "]\n";
      write_table(*inner, full, out);
    } else if (is_array_of_tables(entry.value)) {
      for (const Value& element : *entry.value.get_if<Array>()) {
        out += (out.empty() ? "[[" : "\n[[") + full + "]]\n";
        write_table(*element.get_if<Table>(), full, out);
      }
    }
  }
}

using Origins = std::vector<std::pair<std::string, std::string>>;

void collect_origins(const Value& value, const std::string& path, Origins& result) {
  if (const Table* table = value.get_if<Table>()) {
    for (const Entry& entry : *table) collect_origins(entry.value, path.empty() ? entry.key : path + "." + entry.key, result);
  } else if (is_array_of_tables(value)) {
    const Array& array = *value.get_if<Array>();
    for (std::size_t i = 0; i < array.size(); ++i) collect_origins(array[i], text(path, "[", i, "]"), result);
  } else {
    result.emplace_back(path, value.origin().text());
  }
}

}  // namespace

std::string to_toml(const Table& table) {
  std::string out;
  write_table(table, "", out);
  return out;
}

std::vector<std::pair<std::string, std::string>> origins(const Table& table) {
  Origins result;
  collect_origins(Value(table), "", result);
  return result;
}

}  // namespace etude
