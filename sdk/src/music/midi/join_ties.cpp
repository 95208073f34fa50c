// Which notes music21 takes for one tied note (its stripTies, matching by pitch).
#include <cstddef>
#include <span>

#include "timeline.hpp"

namespace etude::music {

namespace {

Tie tie_of(const Placed& placed) {
  if (const auto* note = std::get_if<Note>(&placed.element->item)) return note->tie;
  if (const auto* chord = std::get_if<Chord>(&placed.element->item)) return chord->tie;
  if (const auto* rest = std::get_if<Rest>(&placed.element->item)) return rest->tie;
  return Tie::none;
}

std::span<const Pitch> pitches_of(const Placed& placed) {
  if (const auto* note = std::get_if<Note>(&placed.element->item)) return {&note->pitch, 1};
  if (const auto* chord = std::get_if<Chord>(&placed.element->item)) return chord->pitches;
  return {};
}

bool is_note(const Placed& placed) { return std::holds_alternative<Note>(placed.element->item); }
bool is_chord(const Placed& placed) { return std::holds_alternative<Chord>(placed.element->item); }

/// Ends a chain of tied notes if it goes on from `before` to `here`: notes of one pitch as it is spelled, or a chord or rest with
/// the same pitches as it sounds on the same lines.
bool same_pitches(const Placed& before, const Placed& here) {
  const auto a = pitches_of(before), b = pitches_of(here);
  if (is_note(before) && is_note(here)) return a[0] == b[0];
  if (is_note(here) || a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].step != b[i].step || a[i].octave != b[i].octave || a[i].alteration != b[i].alteration) return false;
  }
  return true;
}

/// Walks over the events that take time and keeps the chain that is open.
class TieJoiner {
 public:
  explicit TieJoiner(std::vector<Placed>& notes) : notes_(notes), joined_(notes.size(), false) {}

  void join() {
    for (std::size_t i = 0; i < notes_.size(); ++i) {
      if (notes_[i].length.zero()) continue;
      visit(i);
      before_ = i;
    }
    std::size_t kept = 0;
    for (std::size_t i = 0; i < notes_.size(); ++i) {
      if (!joined_[i]) notes_[kept++] = notes_[i];
    }
    notes_.resize(kept);
  }

 private:
  static constexpr std::size_t nowhere = static_cast<std::size_t>(-1);

  void visit(std::size_t here) {
    const Tie tie = tie_of(notes_[here]);
    if (tie == Tie::start) {
      if (!chain_reaches_before()) chain_.clear();
      chain_.push_back(here);
    } else if (tie == Tie::both) {
      if (!chain_.empty() && !goes_on(here)) chain_.clear();
      chain_.push_back(here);
    } else if (goes_on(here)) {
      chain_.push_back(here);
      close();
    }
  }

  bool chain_reaches_before() const { return !chain_.empty() && before_ != nowhere && chain_.back() == before_; }

  /// A note or rest that stops a tie belongs to the open chain, however far back that is and whatever its pitch.
  bool goes_on(std::size_t here) const {
    if (!is_chord(notes_[here]) && tie_of(notes_[here]) == Tie::stop) return true;
    return chain_reaches_before() && same_pitches(notes_[before_], notes_[here]);
  }

  void close() {
    Placed& first = notes_[chain_.front()];
    for (std::size_t i = 1; i < chain_.size(); ++i) {
      first.length += notes_[chain_[i]].length;
      joined_[chain_[i]] = true;
    }
    chain_.clear();
  }

  std::vector<Placed>& notes_;
  std::vector<bool> joined_;
  std::vector<std::size_t> chain_;
  std::size_t before_ = nowhere;
};

}  // namespace

void join_ties(std::vector<Placed>& notes) { TieJoiner(notes).join(); }

}  // namespace etude::music
