// Charts as files: their Vega-Lite specifications, and pictures drawn from them.
#pragma once

#include <filesystem>
#include <report/chart.hpp>

namespace etude {

/// Writes each chart as `<name>.vl.json` and draws it as `<name>.svg` in `folder`, which exists. Drawing is the work of PyPI's
/// vl-convert-python, run as a process of its own that fetches nothing, for a minute at most. Python is what
/// ETUDE_PYTHON names, else the one that the build recorded, else the first python3 on PATH.
/// @return false if pictures could not be drawn; a warning then says why and what to do, and the specifications stand
/// @throws Error if the specifications cannot be written
bool export_charts(const std::filesystem::path& folder, const std::vector<Chart>& charts);

}  // namespace etude
