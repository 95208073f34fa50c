// [study] select: which runs a study wants, as the points of its selected axes are chosen one after another. Nothing here reads a
// run: whoever runs the study says which points were best.
#pragma once

#include <config/experiment.hpp>
#include <map>

namespace etude {

/// Where a selection chooses one point: the labels of the other axes, joined by a space, without those of seeds, of `at` and of
/// earlier selections.
struct ChoicePlace {
  std::size_t selection = 0;  ///< index into Study.selections
  std::string combination;
  auto operator<=>(const ChoicePlace&) const = default;
};

/// The labels chosen so far. An empty label: no point could be chosen, and what depends on it is not wanted.
using Choices = std::map<ChoicePlace, std::string>;

/// A point that may be chosen, and the runs, indices into Study.variants, by whose mean it is judged: one for each seed.
struct Candidate {
  std::string label;
  std::vector<std::size_t> runs;
};

struct OpenChoice {
  ChoicePlace place;
  std::vector<Candidate> candidates;  ///< in the order of the axis, so that the first and the last are the edges of its grid
};

/// The runs that are surely wanted, whatever is chosen later, in the study's order. Without selections all of them.
std::vector<std::size_t> wanted_runs(const Study& study, const Choices& choices);

/// The choices that can be made once the wanted runs are done. So a study runs: do the wanted runs; while there are open choices:
/// make them, do the runs that are wanted now.
std::vector<OpenChoice> open_choices(const Study& study, const Choices& choices);

/// With all choices made: the runs that count, those that have the chosen point of every selected axis.
std::vector<std::size_t> selected_runs(const Study& study, const Choices& choices);

/// All choices, as an estimate may assume them before any run is done: the middle point of each axis.
Choices assumed_choices(const Study& study);

}  // namespace etude
