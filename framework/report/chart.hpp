// Charts as data: what they show, and by which marks. Written as Vega-Lite, which web pages and vl-convert draw.
#pragma once

#include <array>
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
  std::string channel;                ///< Vega-Lite's: x, y, x2, y2, color, text, detail; tooltip, which may repeat
  std::string column;                 ///< of the layer
  std::string title{};                ///< of the axis or legend, with its unit; empty: none
  std::string format{};               ///< of its numbers, in d3's terms: ",d", ".2f", "~s", "%"
  bool logarithmic = false;           ///< else linear; the axis of a bar's length begins at zero
  std::vector<std::string> colors{};  ///< channel color: one a name, in the order in which they first appear
  std::vector<std::string> names{};   ///< channel color: the names in the legend's order, where layers have some of them each
};

/// One kind of mark over its own data. A bar with x and x2 reaches from one to the other, as in a histogram, an area with y and
/// y2 is a band between them, and a rule with two ends is an interval (without, it is a dashed line across the plot).
struct ChartLayer {
  std::string mark;  ///< Vega-Lite's: bar, area, line, point, rule, text
  std::vector<ChartColumn> columns;
  std::vector<Encoding> encodings;
  std::string color{};   ///< of all marks, where no channel gives it
  std::string anchor{};  ///< of texts: start, middle, end
  double opacity = 1;
  bool dashed = false;  ///< lines
  double size = 0;      ///< points: their area in square pixels; lines: their width in pixels; 0: as usual
  std::string shape{};  ///< points: circle, diamond, ...
  bool hollow = false;  ///< points
};

struct Chart {
  std::string name;  ///< of its files, without extension
  std::string title, subtitle;
  std::vector<ChartLayer> layers{};
  int width = 560, height = 300;                       ///< of the plot in pixels, axes not counted
  std::optional<std::pair<double, double>> y_range{};  ///< marks beyond it are cut off
  std::string pick{};                                  ///< a column of names: a click on one in the legend lets the others fade
};

/// The colours that charts of Etude share.
namespace chart_colors {
inline constexpr const char* main = "#3b6fb6";
inline constexpr const char* faint = "#c3c9d3";
inline constexpr const char* mark = "#c8452f";
/// For names: told apart on white and on black, and by most who see colours differently.
inline constexpr std::array names{"#3b78c4", "#d9692b", "#2f9e77", "#9a63c9", "#c4971d",
                                  "#d2557f", "#4aa3b8", "#8a8f3c", "#a0674b", "#7d8794"};
}  // namespace chart_colors

/// The chart as a Vega-Lite specification with its data in it. Equal charts give equal texts.
/// @throws Error if an encoding names a column that is not there, or columns of one layer differ in length
std::string vega_lite(const Chart& chart);

}  // namespace etude
