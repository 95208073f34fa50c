// Charts as data: what they show, and by which marks. Written as Vega-Lite, which web pages and vl-convert draw.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace etude {

/// A column of numbers, or of names, which keep their order. Numbers that are not finite are gaps.
struct ChartColumn {
  std::string name;
  std::variant<std::vector<double>, std::vector<std::string>> values;
};

/// What one channel of a mark shows.
struct Encoding {
  std::string channel;                ///< Vega-Lite's: x, y, x2, y2, color, text
  std::string column;                 ///< of the layer
  std::string title{};                ///< of the axis or legend, with its unit; empty: none
  std::string format{};               ///< of its numbers, in d3's terms: ",d", ".2f", "~s", "%"
  bool logarithmic = false;           ///< else linear; the axis of a bar's length begins at zero
  std::vector<std::string> colors{};  ///< channel color: one a name, in the order in which they first appear
};

/// One kind of mark over its own data. A bar with x and x2 reaches from one to the other, as in a histogram.
struct ChartLayer {
  std::string mark;  ///< Vega-Lite's: bar, area, line, point, rule, text
  std::vector<ChartColumn> columns;
  std::vector<Encoding> encodings;
  std::string color{};   ///< of all marks, where no channel gives it
  std::string anchor{};  ///< of texts: start, middle, end
};

struct Chart {
  std::string name;  ///< of its files, without extension
  std::string title, subtitle;
  std::vector<ChartLayer> layers;
  int width = 560, height = 300;  ///< of the plot in pixels, axes not counted
};

/// The colours that charts of Etude share.
namespace chart_colors {
inline constexpr const char* main = "#3b6fb6";
inline constexpr const char* faint = "#c3c9d3";
inline constexpr const char* mark = "#c8452f";
}  // namespace chart_colors

/// The chart as a Vega-Lite specification with its data in it. Equal charts give equal texts.
/// @throws Error if an encoding names a column that is not there, or columns of one layer differ in length
std::string vega_lite(const Chart& chart);

}  // namespace etude
