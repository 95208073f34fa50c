// What [study] says beside its axes: select and finish.
#pragma once

#include <config/experiment.hpp>

namespace etude {

/// Fills in the axes, the selections and the end of `study`; what is wrong with them is added to `problems`.
/// @throws Error (usage) as expand_axes() does
void read_study_section(const Table& merged, Study& study, std::vector<Problem>& problems);

/// Adds a problem for each selection whose points cannot be compared by the loss that it chooses by.
void check_selections(const Study& study, std::vector<Problem>& problems);

}  // namespace etude
