// What must hold between values that are each right by themselves.
#pragma once

#include <config/experiment.hpp>

namespace etude {

/// Adds what is wrong with `experiment`, whose options are each valid, to `problems`; each names the value to change.
/// @param values  the variant's given values, for their origins
void cross_check(const Experiment& experiment, const Table& values, std::vector<Problem>& problems);

}  // namespace etude
