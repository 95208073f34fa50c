// The values of a study's runs, for people.
#pragma once

#include <config/experiment.hpp>
#include <string>

namespace etude {

/// The values that all runs share, then those that the points of each axis bring, then those of single runs, each with its
/// origin.
/// @param all  also those at their default
std::string values_text(const Study& study, bool all);

}  // namespace etude
