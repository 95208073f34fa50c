#include <algorithm>
#include <config/selection.hpp>
#include <optional>

namespace etude {
namespace {

using Labels = std::vector<std::pair<std::string, std::string>>;

const std::string& label_on(const Labels& axes, const std::string& axis) {
  return std::find_if(axes.begin(), axes.end(), [&](const auto& point) { return point.first == axis; })->second;
}

std::ptrdiff_t index_on(const Study& study, const std::string& axis, const std::string& label) {
  const auto found = std::find_if(study.axes.begin(), study.axes.end(), [&](const StudyAxis& a) { return a.name == axis; });
  return std::find(found->labels.begin(), found->labels.end(), label) - found->labels.begin();
}

/// Answers for one state of the choices.
class Selector {
 public:
  Selector(const Study& study, const Choices& choices) : study_(study), choices_(choices) {}

  bool wanted(const Variant& variant) const {
    for (std::size_t s = 0; s < study_.selections.size(); ++s)
      if (!tries_all(s, variant) && is_chosen(s, variant) != true) return false;
    return true;
  }

  bool selected(const Variant& variant) const {
    for (std::size_t s = 0; s < study_.selections.size(); ++s)
      if (is_chosen(s, variant) != true) return false;
    return true;
  }

  ChoicePlace place(std::size_t selection, const Variant& variant) const {
    ChoicePlace place{selection, ""};
    for (const StudyAxis& axis : study_.axes)
      if (!axis.seeds && names_place(selection, axis.name))
        place.combination += (place.combination.empty() ? "" : " ") + label_on(variant.axes, axis.name);
    return place;
  }

  /// True if `variant` tries a point of the selection, with everything else as it will be; nothing if that is not known yet.
  std::optional<bool> tries(std::size_t selection, const Variant& variant) const {
    if (!tries_all(selection, variant)) return false;
    bool known = true;
    for (std::size_t s = 0; s < study_.selections.size(); ++s) {
      if (s == selection || (s > selection && tries_all(s, variant))) continue;
      const auto chosen = is_chosen(s, variant);
      if (chosen == false) return false;
      known = known && chosen;
    }
    return known ? std::optional(true) : std::nullopt;
  }

 private:
  bool names_place(std::size_t selection, const std::string& axis) const {
    for (std::size_t s = 0; s <= selection; ++s)
      if (study_.selections[s].axis == axis) return false;
    const auto& at = study_.selections[selection].at;
    return std::none_of(at.begin(), at.end(), [&](const auto& point) { return point.first == axis; });
  }

  /// Whether the variant is where every point of the selection is tried.
  bool tries_all(std::size_t selection, const Variant& variant) const {
    const auto& at = study_.selections[selection].at;
    return std::all_of(at.begin(), at.end(),
                       [&](const auto& point) { return label_on(variant.axes, point.first) == point.second; });
  }

  /// Nothing while the choice is not made.
  std::optional<bool> is_chosen(std::size_t selection, const Variant& variant) const {
    const auto choice = choices_.find(place(selection, variant));
    if (choice == choices_.end()) return std::nullopt;
    return choice->second == label_on(variant.axes, study_.selections[selection].axis);
  }

  const Study& study_;
  const Choices& choices_;
};

std::vector<std::size_t> runs_that(const Study& study, const Choices& choices, bool (Selector::*holds)(const Variant&) const) {
  const Selector selector(study, choices);
  std::vector<std::size_t> runs;
  for (std::size_t i = 0; i < study.variants.size(); ++i)
    if ((selector.*holds)(study.variants[i])) runs.push_back(i);
  return runs;
}

/// The candidates of each place of one selection, in the study's order. Those of a place that waits for other choices are left
/// out.
std::vector<OpenChoice> open_choices(const Study& study, const Choices& choices, std::size_t selection) {
  const Selector selector(study, choices);
  std::vector<OpenChoice> open;
  std::vector<ChoicePlace> waiting;
  for (std::size_t i = 0; i < study.variants.size(); ++i) {
    const ChoicePlace place = selector.place(selection, study.variants[i]);
    const auto tries = selector.tries(selection, study.variants[i]);
    if (choices.contains(place) || tries == false) continue;
    if (!tries) waiting.push_back(place);
    auto known = std::find_if(open.begin(), open.end(), [&](const OpenChoice& choice) { return choice.place == place; });
    if (known == open.end()) known = open.insert(open.end(), {place, {}});
    const std::string& label = label_on(study.variants[i].axes, study.selections[selection].axis);
    auto candidate = std::find_if(known->candidates.begin(), known->candidates.end(),
                                  [&](const Candidate& other) { return other.label == label; });
    if (candidate == known->candidates.end()) candidate = known->candidates.insert(candidate, {label, {}});
    candidate->runs.push_back(i);
  }
  std::erase_if(
      open, [&](const OpenChoice& choice) { return std::find(waiting.begin(), waiting.end(), choice.place) != waiting.end(); });
  const std::string& axis = study.selections[selection].axis;
  for (OpenChoice& choice : open)
    std::sort(choice.candidates.begin(), choice.candidates.end(), [&](const Candidate& a, const Candidate& b) {
      return index_on(study, axis, a.label) < index_on(study, axis, b.label);
    });
  return open;
}

}  // namespace

std::vector<std::size_t> wanted_runs(const Study& study, const Choices& choices) {
  return runs_that(study, choices, &Selector::wanted);
}

std::vector<std::size_t> selected_runs(const Study& study, const Choices& choices) {
  return runs_that(study, choices, &Selector::selected);
}

std::vector<OpenChoice> open_choices(const Study& study, const Choices& choices) {
  std::vector<OpenChoice> all;
  for (std::size_t s = 0; s < study.selections.size(); ++s)
    for (OpenChoice& choice : open_choices(study, choices, s)) all.push_back(std::move(choice));
  return all;
}

Choices assumed_choices(const Study& study) {
  Choices choices;
  for (auto open = open_choices(study, choices); !open.empty(); open = open_choices(study, choices))
    for (const OpenChoice& choice : open) choices[choice.place] = choice.candidates[choice.candidates.size() / 2].label;
  return choices;
}

}  // namespace etude
