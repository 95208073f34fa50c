// [architecture] parameters = 1e6: a size in place of a shape.
#pragma once

#include <config/experiment.hpp>
#include <host/catalogue.hpp>

namespace etude {

/// The size that the section [architecture] asks for; null where it asks for none, or where `parameters` is an option of the
/// architecture's own.
const Value* wanted_size(const Table& architecture, const Part& part);

/// The number of parameters that `size` means.
/// @throws Error (usage) if it is no number of at least 1
double parameters_of(const Value& size);

/// Lays the options that were chosen for `size` over `options`; its origin becomes theirs. Given ones that it contradicts are
/// added to `problems`.
/// @param sized  as options_for_size() returns them
/// @return       the shape: what was chosen, and the other integers
Table take_shape(Table& options, const Table& sized, const Table& given, const Value& size, std::vector<Problem>& problems);

/// Lets the experiment's architecture choose the options that give it about the wanted size, whose origin becomes theirs.
/// What is wrong is added to `problems`: a size that is none or cannot be had, or given options that it contradicts.
/// @param given  the section [architecture] as it stands in the experiment
void choose_shape(Experiment& experiment, const Catalogue& catalogue, const Table& given, std::vector<Problem>& problems);

}  // namespace etude
