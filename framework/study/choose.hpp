// [study] select: the choice of a point, from what its runs measured.
#pragma once

#include <config/selection.hpp>
#include <functional>
#include <optional>
#include <record/run_record.hpp>
#include <record/study_file.hpp>
#include <string>
#include <vector>

namespace etude {

/// What the selection looks at in a finished run (validation_loss, bits_per_character): of its last validation, never the best on
/// the way. Nothing if it has none, or none that is a number.
std::optional<double> measured(const RunData& data, const std::string& by);

struct Choice {
  /// Its label is empty if nothing could be chosen.
  ChosenPoint point;
  std::vector<std::string> warnings;
};

/// The candidate with the lowest mean over its runs. One with a run that failed is passed over, since a mean over fewer seeds
/// does not compare; the warnings name it.
/// @param value_of  of a variant: what its run measured; nothing if it failed
Choice choose(const Study& study, const OpenChoice& open, const std::function<std::optional<double>(std::size_t)>& value_of);

/// What is said of choices at the edge of their grids: a line an axis.
std::vector<std::string> edge_warnings(const std::vector<ChosenPoint>& choices);

}  // namespace etude
