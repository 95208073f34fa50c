// Charts as files: their Vega-Lite specifications, and pictures drawn from them. Drawing is the work of PyPI's
// vl-convert-python, run as a process of its own that fetches nothing, for a minute at most. Python is what ETUDE_PYTHON names,
// else the one that the build recorded, else the first python3 on PATH.
#pragma once

#include <filesystem>
#include <report/chart.hpp>

namespace etude {

struct Pictures {
  bool svg = true, png = false;
};

/// Writes each chart as `<name>.vl.json` in `folder`, which exists, and draws the pictures that are asked for: `<name>.svg`,
/// `<name>.png`.
/// @return false if pictures could not be drawn; a warning then says why and what to do, and the specifications stand
/// @throws Error if the specifications cannot be written
bool export_charts(const std::filesystem::path& folder, const std::vector<Chart>& charts, const Pictures& pictures = {});

struct VegaBundle {
  std::string script;   ///< an ES module that gives the page vegaEmbed(); empty if there is none
  std::string why_not;  ///< and what to do
};

/// What draws specifications in a page that has nothing else: Vega, Vega-Lite and Vega-Embed in one.
/// @param folder  exists; for a file while this works
VegaBundle vega_bundle(const std::filesystem::path& folder);

}  // namespace etude
