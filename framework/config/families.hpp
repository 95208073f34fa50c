// Points of an axis that are sizes: { family = "gpt", parameters = [1e5, 3e5, 1e6] }.
#pragma once

#include <etude/value.hpp>
#include <string>

namespace etude {

/// `points` with each family replaced by its sizes, in order: { label = "gpt-100k", architecture = { plugin = "gpt", parameters =
/// 1e5 }, ... }, where what else the family says stands in each. A label of the family takes the place of its name.
/// @param axis  "study.axes.model", for messages
/// @throws Error (usage) if a family is no string, or its sizes are no numbers above zero
Array expand_families(const Array& points, const std::string& axis);

/// "100k", "1.5M", "12B": a size as part of a label.
std::string size_label(double parameters);

}  // namespace etude
