// The axes of a study: what varies between its runs.
#pragma once

#include <config/experiment.hpp>
#include <etude/value.hpp>
#include <string>
#include <utility>
#include <vector>

namespace etude {

/// One run before its values are checked.
struct VariantTable {
  std::string label;                                      ///< the labels of its axes joined by '_', or `name` without axes
  std::vector<std::pair<std::string, std::string>> axes;  ///< axis name and label, in file order
  Table values;                                           ///< without [study]
};

/// The axes of `merged` in the file's order.
/// @throws Error (usage) if an axis is not an array of tables, or its labels are no file names
std::vector<StudyAxis> study_axes(const Table& merged);

/// The product of the axes of `merged`, the last one varying fastest, each laid over the other values, and `overrides` over all.
/// A point may be a family of sizes (families.hpp). Without `label`, a point's label is made of what varies: "seed-1", or
/// "gpt-n_layer-4" for a plugin and an option.
/// @param name  of the experiment
/// @throws Error (usage) if an axis is not an array of tables, or labels are not unique or no file names
std::vector<VariantTable> expand_axes(const Table& merged, const Table& overrides, const std::string& name);

/// True if `label` can be a file's name everywhere: letters, digits and . _ + - not starting with '.' or '-', at most 100
/// characters.
bool safe_as_file_name(const std::string& label);

}  // namespace etude
