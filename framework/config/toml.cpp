#include <toml++/toml.h>

#include <algorithm>
#include <base/files.hpp>
#include <config/toml.hpp>
#include <etude/error.hpp>
#include <sstream>

namespace etude {
namespace {

Origin origin_of(const toml::source_region& region, const std::string& source) {
  return {source, static_cast<int>(region.begin.line), static_cast<int>(region.begin.column)};
}

Value convert(const toml::node& node, const std::string& source);

Table convert_table(const toml::table& table, const std::string& source) {
  // toml++ iterates alphabetically; the file's order is that of the keys' positions.
  std::vector<std::pair<const toml::key*, const toml::node*>> entries;
  for (const auto& [key, node] : table) entries.emplace_back(&key, &node);
  std::stable_sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) {
    const auto &left = a.first->source().begin, &right = b.first->source().begin;
    return std::pair(left.line, left.column) < std::pair(right.line, right.column);
  });
  Table result;
  for (const auto& [key, node] : entries) {
    result.set(std::string(key->str()), convert(*node, source));
    (result.end() - 1)->key_origin = origin_of(key->source(), source);
  }
  return result;
}

Value convert(const toml::node& node, const std::string& source) {
  const Origin origin = origin_of(node.source(), source);
  switch (node.type()) {
    case toml::node_type::table:
      return Value(convert_table(*node.as_table(), source), origin);
    case toml::node_type::array: {
      Array array;
      for (const auto& element : *node.as_array()) array.push_back(convert(element, source));
      return Value(std::move(array), origin);
    }
    case toml::node_type::string:
      return Value(node.as_string()->get(), origin);
    case toml::node_type::integer:
      return Value(std::int64_t{node.as_integer()->get()}, origin);
    case toml::node_type::floating_point:
      return Value(node.as_floating_point()->get(), origin);
    case toml::node_type::boolean:
      return Value(node.as_boolean()->get(), origin);
    default:
      throw usage_error(origin.text() + ": dates and times are not used in experiments", "put it in quotes to make it a string");
  }
}

std::string remedy_for(std::string_view description) {
  if (description.find("inline table") != std::string_view::npos)
    return "an inline table { ... } stands on one line; longer ones are written as [a.b] or [[a.b]]";
  if (description.find("redefine") != std::string_view::npos || description.find("existing") != std::string_view::npos)
    return "a key or table may stand only once in a file";
  return "the syntax is TOML 1.0: https://toml.io/en/v1.0.0";
}

}  // namespace

Table parse_toml(std::string_view text, const std::string& source) {
  try {
    const toml::table parsed = toml::parse(text, std::string_view(source));
    return convert_table(parsed, source);
  } catch (const toml::parse_error& error) {
    throw usage_error(etude::text(origin_of(error.source(), source).text(), ": ", error.description()),
                      remedy_for(error.description()));
  }
}

Table read_toml(const std::filesystem::path& file) { return parse_toml(read_file(file), file.string()); }

}  // namespace etude
