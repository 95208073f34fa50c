#include <base/text.hpp>
#include <cli/metric_table.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

using Json = nlohmann::ordered_json;

std::vector<std::string> cells_of(const MetricTable::Column& column) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&column.values)) return *texts;
  std::vector<std::string> cells;
  for (const double value : std::get<std::vector<double>>(column.values))
    cells.push_back(fixed(value, value == std::round(value) ? 0 : 4));
  return cells;
}

Json json_of(const MetricTable::Column& column) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&column.values)) return *texts;
  Json values = Json::array();
  for (const double value : std::get<std::vector<double>>(column.values))
    values.push_back(std::isfinite(value) ? Json(value) : Json(nullptr));
  return values;
}

}  // namespace

TextTable text_table(const MetricTable& table) {
  std::vector<std::string> titles;
  std::vector<std::vector<std::string>> columns;
  for (const auto& column : table.columns) {
    titles.push_back(column.name);
    columns.push_back(cells_of(column));
  }
  TextTable result(titles);
  for (std::size_t row = 0; !columns.empty() && row < columns.front().size(); ++row) {
    std::vector<std::string> cells;
    for (const auto& column : columns) cells.push_back(column.at(row));
    result.add(std::move(cells));
  }
  return result;
}

Json table_json(const MetricTable& table) {
  Json object = Json::object();
  for (const auto& column : table.columns) object[column.name] = json_of(column);
  return object;
}

}  // namespace etude
