#include <fnmatch.h>

#include <algorithm>
#include <etude/value.hpp>
#include <set>
#include <study/planned_runs.hpp>

namespace etude {
namespace {

std::string label_of_open(const Study& study, const Variant& variant) {
  std::string label;
  for (const auto& point : variant.axes) {
    const bool selected = std::any_of(study.selections.begin(), study.selections.end(),
                                      [&](const Selection& selection) { return selection.axis == point.first; });
    label += (label.empty() ? "" : "_") + (selected ? "?" : point.second);
  }
  return label;
}

}  // namespace

Choices probable_choices(const Study& study, const Choices& choices) {
  Choices probable = choices;
  probable.merge(assumed_choices(study));
  return probable;
}

std::vector<bool> counting_runs(const Study& study, const Choices& choices) {
  std::vector<bool> counting(study.variants.size());
  for (const std::size_t i : selected_runs(study, choices)) counting[i] = true;
  for (const OpenChoice& open : open_choices(study, choices))
    for (const Candidate& candidate : open.candidates)
      for (const std::size_t i : candidate.runs) counting[i] = true;
  return counting;
}

std::vector<PlannedRun> planned_runs(const Study& study, const Choices& choices,
                                     const std::function<std::string(std::size_t)>& id_of) {
  const auto wanted = wanted_runs(study, choices);
  const auto counting = counting_runs(study, choices);
  std::vector<PlannedRun> planned;
  planned.reserve(wanted.size());
  for (const std::size_t i : wanted) planned.push_back({study.variants[i].label, id_of(i), counting[i]});
  for (const std::size_t i : wanted_runs(study, probable_choices(study, choices)))
    if (!std::binary_search(wanted.begin(), wanted.end(), i))
      planned.push_back({label_of_open(study, study.variants[i]), "", true});
  return planned;
}

std::vector<bool> named_runs(const Study& study, const std::vector<std::string>& patterns) {
  std::vector<std::string> labels;
  labels.reserve(study.variants.size());
  for (const Variant& variant : study.variants) labels.push_back(variant.label);
  std::vector<bool> named(labels.size(), patterns.empty());
  for (const auto& pattern : patterns) {
    bool fits = false;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      if (::fnmatch(pattern.c_str(), labels[i].c_str(), 0) != 0) continue;
      named[i] = fits = true;
    }
    if (fits) continue;
    const std::string guess = nearest(pattern, labels);
    throw usage_error(text("no run of the study is called ", pattern),
                      guess.empty() ? text("the first is called ", labels.front(), "; etude check names all")
                                    : text("did you mean ", guess, "?"));
  }
  return named;
}

std::int64_t named_but_waiting(const Study& study, const Choices& choices, const std::vector<bool>& named) {
  std::set<std::string> names;  // whichever point of the selected axes is named
  for (std::size_t i = 0; i < study.variants.size(); ++i)
    if (named[i]) names.insert(label_of_open(study, study.variants[i]));
  const auto wanted = wanted_runs(study, choices), in_the_end = wanted_runs(study, probable_choices(study, choices));
  return std::count_if(in_the_end.begin(), in_the_end.end(), [&](std::size_t i) {
    return !std::binary_search(wanted.begin(), wanted.end(), i) && names.contains(label_of_open(study, study.variants[i]));
  });
}

}  // namespace etude
