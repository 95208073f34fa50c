#include <base/text.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <nlohmann/json.hpp>
#include <study/comparison_cells.hpp>

namespace etude {

std::string csv_field(const std::string& value) {
  if (value.find_first_of(",\"\r\n") == std::string::npos) return value;
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string csv_number(const std::optional<double>& value) { return value && std::isfinite(*value) ? shortest(*value) : ""; }

std::string csv_headline(const Headlines& headlines, const std::string& id) {
  const auto found = headlines.find(id);
  const Scalar scalar = found == headlines.end() ? Scalar{} : found->second.scalar;
  return ',' + csv_number(scalar.value) + ',' + csv_number(scalar.low) + ',' + csv_number(scalar.high);
}

nlohmann::ordered_json json_number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? nlohmann::ordered_json(*value) : nlohmann::ordered_json(nullptr);
}

std::string with_sign(double value, int digits) { return text(value > 0 ? "+" : "", fixed(value, digits)); }

std::string bracketed(bool beside_others, const std::string& cell) {
  return beside_others && cell != "-" ? "[" + cell + "]" : cell;
}

std::string markdown_notes(const std::vector<std::string>& lines) {
  std::string result;
  for (const auto& line : lines) result += '\n' + (line.starts_with("* ") ? "**Bold**: " + line.substr(2) : line) + '\n';
  return result;
}

}  // namespace etude
