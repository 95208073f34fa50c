#include <algorithm>
#include <base/text.hpp>
#include <config/families.hpp>
#include <config/merge.hpp>
#include <etude/options.hpp>
#include <utility>

namespace etude {
namespace {

constexpr const char* example = "for example { family = \"gpt\", parameters = [1e5, 3e5, 1e6] }";

/// 0 if it is none.
double number(const Value& value) {
  double result = 0;
  return detail::convert(value, result) ? result : 0;
}

/// The sizes of a family, each with its place in the file.
Array sizes_of(const Table& point, const Value& family, const std::string& axis) {
  const Value* parameters = point.find("parameters");
  if (!parameters)
    throw usage_error(text(family.origin().text(), ": the family ", family.toml(), " of ", axis, " says no sizes"), example);
  const Array* several = parameters->get_if<Array>();
  const Array sizes = several ? *several : Array{*parameters};
  const bool numbers = std::all_of(sizes.begin(), sizes.end(), [](const Value& size) { return number(size) >= 1; });
  if (sizes.empty() || !numbers)
    throw usage_error(text(parameters->origin().text(), ": parameters of the family ", family.toml(),
                           " must be numbers of at least 1, not ", parameters->toml()),
                      example);
  return sizes;
}

/// The values of one size: what the family says beside its sizes, with the architecture that has about this size.
Table point_of_size(const Table& point, const Value& family, const Value& size) {
  Table sized{{"plugin", family, family.origin()}, {"parameters", size, size.origin()}};
  Table result;
  const auto* name = point.find("label") ? point.find("label")->get_if<std::string>() : family.get_if<std::string>();
  result.set("label", name ? Value(*name + "-" + size_label(number(size)), family.origin()) : *point.find("label"));
  for (const Entry& entry : point)
    if (entry.key != "label" && entry.key != "family" && entry.key != "parameters") set_entry(result, entry);
  Value* architecture = result.find("architecture");
  if (Table* given = architecture ? architecture->get_if<Table>() : nullptr) {
    merge(sized, *given);
    *given = std::move(sized);
  } else if (!architecture) {
    set_entry(result, {"architecture", Value(std::move(sized), family.origin()), family.origin()});
  }
  return result;
}

void require_same_plugin(const Table& point, const std::string& axis) {
  const Value* architecture = point.find("architecture");
  const Table* table = architecture ? architecture->get_if<Table>() : nullptr;
  for (const char* key : {"plugin", "parameters"})
    if (const Value* value = table ? table->find(key) : nullptr)
      throw usage_error(text(value->origin().text(), ": a family of ", axis, " says its architecture.", key, " by itself"),
                        text("leave it out: ", example));
}

}  // namespace

std::string size_label(double parameters) {
  for (const auto& [unit, letter] : {std::pair(1e9, "B"), std::pair(1e6, "M"), std::pair(1e3, "k")})
    if (parameters >= unit) return shortest(parameters / unit) + letter;
  return shortest(parameters);
}

Array expand_families(const Array& points, const std::string& axis) {
  Array result;
  for (const Value& element : points) {
    const Table* point = element.get_if<Table>();
    const Value* family = point ? point->find("family") : nullptr;
    if (const Value* sizes = point && !family ? point->find("parameters") : nullptr)
      throw usage_error(text(sizes->origin().text(), ": parameters of ", axis, " without the family that they are of"), example);
    if (!family) {
      result.push_back(element);
      continue;
    }
    if (!family->get_if<std::string>())
      throw usage_error(
          text(family->origin().text(), ": family of ", axis, " must be the name of an architecture, not ", family->toml()),
          example);
    require_same_plugin(*point, axis);
    for (const Value& size : sizes_of(*point, *family, axis))
      result.emplace_back(point_of_size(*point, *family, size), size.origin());
  }
  return result;
}

}  // namespace etude
