// Which runs a study asks for, as far as its choices go by now.
#pragma once

#include <config/selection.hpp>
#include <cstdint>
#include <functional>
#include <record/study_file.hpp>
#include <string>
#include <vector>

namespace etude {

/// The choices made, and for the others such as they may become: for how many runs there will be.
Choices probable_choices(const Study& study, const Choices& choices);

/// For each variant whether its run counts, or still may, since it is tried for a choice that is open.
std::vector<bool> counting_runs(const Study& study, const Choices& choices);

/// The runs that are wanted by now, in the study's order, then those that will be once the open choices are made: they have no
/// id, and "?" in place of what will be chosen ("gpt-100k_?_seed-2").
/// @param id_of  of a variant: its run's id, empty while it is not known
std::vector<PlannedRun> planned_runs(const Study& study, const Choices& choices,
                                     const std::function<std::string(std::size_t)>& id_of);

/// For each variant whether one of the patterns names it: labels, or patterns as of file names ("gpt-*"). Without any, all are.
/// @throws Error (usage) if a pattern fits no label
std::vector<bool> named_runs(const Study& study, const std::vector<std::string>& patterns);

/// How many runs are named that cannot be told from others yet, since a choice is open.
std::int64_t named_but_waiting(const Study& study, const Choices& choices, const std::vector<bool>& named);

}  // namespace etude
