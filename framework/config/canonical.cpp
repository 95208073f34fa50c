#include <algorithm>
#include <charconv>
#include <cmath>
#include <config/canonical.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

/// Bytes that are no UTF-8 (paths may hold any) are replaced, since JSON cannot hold them.
std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

struct JsonWriter {
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return std::to_string(value); }
  std::string operator()(double value) const {
    if (!std::isfinite(value)) return std::isnan(value) ? "\"nan\"" : value > 0 ? "\"inf\"" : "\"-inf\"";
    if (value == std::floor(value) && std::abs(value) < 9e15) return std::to_string(static_cast<std::int64_t>(value));
    char digits[40];
    return {digits, std::to_chars(digits, digits + sizeof digits, value).ptr};
  }
  std::string operator()(const std::string& value) const { return quoted(value); }
  std::string operator()(const Array& values) const {
    std::string out = "[";
    for (const Value& value : values) out += (out.size() > 1 ? "," : "") + canonical_json(value);
    return out + ']';
  }
  std::string operator()(const Table& table) const {
    std::vector<const Entry*> entries;
    for (const Entry& entry : table) entries.push_back(&entry);
    std::sort(entries.begin(), entries.end(), [](const Entry* a, const Entry* b) { return a->key < b->key; });
    std::string out = "{";
    for (const Entry* entry : entries)
      out += (out.size() > 1 ? "," : "") + quoted(entry->key) + ":" + canonical_json(entry->value);
    return out + '}';
  }
};

}  // namespace

std::string canonical_json(const Value& value) { return std::visit(JsonWriter{}, value.data()); }

}  // namespace etude
