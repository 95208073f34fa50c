#include <algorithm>
#include <cmath>
#include <etude/error.hpp>
#include <nlohmann/json.hpp>
#include <report/chart.hpp>

namespace etude {
namespace {

using namespace nlohmann::literals;
using Json = nlohmann::ordered_json;

/// How much is left of what is not picked.
constexpr double faded = 0.15;

Json cell(const ChartColumn& column, std::size_t row) {
  if (const auto* texts = std::get_if<std::vector<std::string>>(&column.values)) return texts->at(row);
  const double number = std::get<std::vector<double>>(column.values).at(row);
  return std::isfinite(number) ? Json(number) : Json(nullptr);
}

std::size_t rows_of(const Chart& chart, const ChartLayer& layer) {
  const auto size = [](const ChartColumn& column) {
    return std::visit([](const auto& values) { return values.size(); }, column.values);
  };
  for (const auto& column : layer.columns)
    if (size(column) != size(layer.columns.front()))
      throw Error(
          text("chart ", chart.name, ": columns ", column.name, " and ", layer.columns.front().name, " differ in length"));
  return layer.columns.empty() ? 0 : size(layer.columns.front());
}

const ChartColumn& column_of(const Chart& chart, const ChartLayer& layer, const std::string& name) {
  const auto found =
      std::find_if(layer.columns.begin(), layer.columns.end(), [&](const ChartColumn& column) { return column.name == name; });
  if (found == layer.columns.end()) throw Error(text("chart ", chart.name, ": there is no column ", name));
  return *found;
}

bool has_channel(const ChartLayer& layer, const std::string& channel) {
  return std::any_of(layer.encodings.begin(), layer.encodings.end(), [&](const Encoding& one) { return one.channel == channel; });
}

bool has_column(const ChartLayer& layer, const std::string& name) {
  return std::any_of(layer.columns.begin(), layer.columns.end(), [&](const ChartColumn& column) { return column.name == name; });
}

bool is_position(const std::string& channel) { return channel == "x" || channel == "y"; }

Json axis_of(const Encoding& encoding) {
  Json axis{{"title", encoding.title.empty() ? Json(nullptr) : Json(encoding.title)}};
  if (!encoding.format.empty()) axis["format"] = encoding.format;
  return axis;
}

/// True if the channel shows numbers, not names.
bool is_number(const ChartLayer& layer, const std::string& channel) {
  for (const auto& encoding : layer.encodings)
    for (const auto& column : layer.columns)
      if (encoding.channel == channel && encoding.column == column.name)
        return std::holds_alternative<std::vector<double>>(column.values);
  return false;
}

/// The length of a bar and the height of an area mean something only from zero on; other marks may fill the plot. Layers share
/// the axis, and so the answer.
bool begins_at_zero(const Chart& chart, const std::string& channel) {
  return std::any_of(chart.layers.begin(), chart.layers.end(), [&](const ChartLayer& layer) {
    const bool has_length = (layer.mark == "bar" || (layer.mark == "area" && channel == "y")) && has_channel(layer, channel);
    return has_length && !has_channel(layer, channel + "2") && is_number(layer, channel);
  });
}

Json scale_of(const Chart& chart, const Encoding& encoding) {
  if (encoding.logarithmic) {
    Json scale{{"type", "log"}, {"nice", false}, {"padding", 8}};
    if (encoding.channel == "y" && chart.y_range) scale["domain"] = {chart.y_range->first, chart.y_range->second};
    return scale;
  }
  return {{"zero", begins_at_zero(chart, encoding.channel)}};
}

Json quantitative(const Chart& chart, const ChartLayer& layer, const Encoding& encoding) {
  Json json{{"field", encoding.column}, {"type", "quantitative"}};
  if (is_position(encoding.channel)) {
    if (layer.mark == "bar" && has_channel(layer, encoding.channel + "2")) json["bin"] = {{"binned", true}};
    json["scale"] = scale_of(chart, encoding);
    json["axis"] = axis_of(encoding);
    json["axis"]["labelSeparation"] = 6;
  } else if (!encoding.format.empty()) {
    json["format"] = encoding.format;
  }
  return json;
}

Json nominal(const Encoding& encoding, const std::vector<std::string>& names) {
  Json json{{"field", encoding.column}, {"type", "nominal"}};
  if (encoding.channel == "color") {
    std::vector<std::string> different = encoding.names;
    for (const auto& one : names)
      if (std::find(different.begin(), different.end(), one) == different.end()) different.push_back(one);
    json["scale"] = {{"domain", different}};
    if (!encoding.colors.empty()) json["scale"]["range"] = encoding.colors;
    json["legend"] = {{"title", encoding.title.empty() ? Json(nullptr) : Json(encoding.title)}, {"orient", "top"}};
  } else if (is_position(encoding.channel)) {
    json["sort"] = nullptr;  // as they come
    json["axis"] = axis_of(encoding);
    json["axis"]["grid"] = false;
  }
  return json;
}

Json tooltip(const Encoding& encoding, const ChartColumn& column) {
  const bool names = std::holds_alternative<std::vector<std::string>>(column.values);
  Json json{{"field", encoding.column}, {"type", names ? "nominal" : "quantitative"}};
  json["title"] = encoding.title.empty() ? encoding.column : encoding.title;
  if (!encoding.format.empty()) json["format"] = encoding.format;
  return json;
}

Json encoding_json(const Chart& chart, const ChartLayer& layer, const Encoding& encoding) {
  const ChartColumn& column = column_of(chart, layer, encoding.column);
  if (encoding.channel == "x2" || encoding.channel == "y2") return {{"field", encoding.column}};
  if (encoding.channel == "tooltip") return tooltip(encoding, column);
  const auto* names = std::get_if<std::vector<std::string>>(&column.values);
  return names ? nominal(encoding, *names) : quantitative(chart, layer, encoding);
}

/// Layers share axes, and the title of an axis is that of the first layer: without one, Vega-Lite would clear it.
void share_axes(ChartLayer& layer, const ChartLayer& first) {
  for (auto& encoding : layer.encodings)
    for (const auto& shared : first.encodings)
      if (is_position(encoding.channel) && encoding.channel == shared.channel && encoding.title.empty()) {
        encoding.title = shared.title;
        encoding.format = shared.format;
        encoding.logarithmic = shared.logarithmic;
      }
}

Json mark_json(const Chart& chart, const ChartLayer& layer) {
  Json mark{{"type", layer.mark}};
  if (chart.y_range && layer.mark != "text") mark["clip"] = true;
  if (!layer.color.empty()) mark["color"] = layer.color;
  if (layer.mark == "line") mark["strokeWidth"] = layer.size > 0 ? layer.size : 2;
  if (layer.mark == "point") mark["filled"] = !layer.hollow;
  const bool across = layer.mark == "rule" && !has_channel(layer, "x2") && !has_channel(layer, "y2");
  if (across || layer.dashed) mark["strokeDash"] = {5, 3};
  if (layer.opacity < 1 || layer.mark == "point") mark["opacity"] = layer.opacity;
  if (layer.mark == "point" && layer.size > 0) mark["size"] = layer.size;
  if (!layer.shape.empty()) mark["shape"] = layer.shape;
  if (layer.mark == "text") {
    mark["align"] = layer.anchor.empty()      ? "middle"
                    : layer.anchor == "start" ? "left"
                    : layer.anchor == "end"   ? "right"
                                              : "center";
    mark["baseline"] = "middle";
    mark["dx"] = layer.anchor == "start" ? 5 : layer.anchor == "end" ? -5 : 0;
  }
  return mark;
}

/// Whether a layer has a mark somewhere: a column of nothing but gaps has no extent, on which an axis could stand.
bool has_place(const Chart& chart, const ChartLayer& layer) {
  for (const auto& encoding : layer.encodings) {
    if (!is_position(encoding.channel)) continue;
    const auto* numbers = std::get_if<std::vector<double>>(&column_of(chart, layer, encoding.column).values);
    if (numbers && std::none_of(numbers->begin(), numbers->end(), [](double number) { return std::isfinite(number); }))
      return false;
  }
  return true;
}

Json layer_json(const Chart& chart, const ChartLayer& layer) {
  const std::size_t rows = rows_of(chart, layer);
  Json values = Json::array();
  for (std::size_t row = 0; row < rows; ++row) {
    Json one = Json::object();
    for (const auto& column : layer.columns) one[column.name] = cell(column, row);
    values.push_back(std::move(one));
  }
  Json encodings = Json::object();
  for (const auto& encoding : layer.encodings) {
    Json json = encoding_json(chart, layer, encoding);
    if (encoding.channel == "tooltip")
      encodings["tooltip"].push_back(std::move(json));
    else
      encodings[encoding.channel] = std::move(json);
  }
  if (!chart.pick.empty() && has_column(layer, chart.pick))
    encodings["opacity"] = {{"condition", {{"param", "pick"}, {"value", layer.opacity}}}, {"value", layer.opacity * faded}};
  return {{"mark", mark_json(chart, layer)}, {"data", {{"values", std::move(values)}}}, {"encoding", std::move(encodings)}};
}

/// The first layer whose colours are the names to be picked holds the choice for all.
void add_pick(const Chart& chart, Json& layers) {
  for (Json& layer : layers)
    if (layer["encoding"].value("/color/field"_json_pointer, "") == chart.pick) {
      layer["params"] =
          Json::array({{{"name", "pick"}, {"select", {{"type", "point"}, {"fields", {chart.pick}}}}, {"bind", "legend"}}});
      return;
    }
  throw Error(text("chart ", chart.name, ": no layer has the colours of ", chart.pick));
}

/// Quiet axes, so that the data stand out.
Json look() {
  const char* const ink = "#333333";
  const char* const line = "#9aa0a8";
  return {{"font", "sans-serif"},
          {"view", {{"stroke", nullptr}}},
          {"axis",
           {{"gridColor", "#e9ebee"},
            {"domainColor", line},
            {"tickColor", line},
            {"labelColor", ink},
            {"titleColor", ink},
            {"titleFontWeight", "normal"},
            {"titlePadding", 8},
            {"labelLimit", 260}}},
          {"legend", {{"labelColor", ink}, {"titleColor", ink}, {"symbolOpacity", 1}}},
          {"title",
           {{"anchor", "start"},
            {"color", ink},
            {"fontSize", 15},
            {"subtitleColor", "#666666"},
            {"subtitlePadding", 4},
            {"offset", 14}}}};
}

}  // namespace

std::string vega_lite(const Chart& chart) {
  Json layers = Json::array();
  for (auto layer : chart.layers) {
    share_axes(layer, chart.layers.front());
    if (has_place(chart, layer)) layers.push_back(layer_json(chart, layer));
  }
  if (!chart.pick.empty()) add_pick(chart, layers);
  const Json json{{"$schema", "https://vega.github.io/schema/vega-lite/v6.json"},
                  {"title", {{"text", chart.title}, {"subtitle", chart.subtitle}}},
                  {"background", "white"},
                  {"padding", 12},
                  {"width", chart.width},
                  {"height", chart.height},
                  {"layer", std::move(layers)},
                  {"config", look()}};
  return json.dump(1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace etude
