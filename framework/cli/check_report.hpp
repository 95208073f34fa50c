// What `etude check` found out, for people and for programs.
#pragma once

#include <cli/experiment.hpp>
#include <string>
#include <study/plan.hpp>

namespace etude {

/// @param all_values  also those at their default
std::string check_text(const LoadedExperiment& experiment, const StudyPlan& plan, bool all_values);
std::string check_json(const LoadedExperiment& experiment, const StudyPlan& plan);

}  // namespace etude
