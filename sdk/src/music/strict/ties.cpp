// Ties of a voice: a sign behind a note or chord, or behind notes of a chord, and the note that goes on.
#include <algorithm>

#include "voice.hpp"

namespace etude::music::strict {
namespace {

Tie began(Tie before) { return before == Tie::stop || before == Tie::both ? Tie::both : Tie::start; }

/// Marks the end (or, with `begins`, the beginning) of ties of the pitches marked in `of`.
void mark(Element& element, const std::vector<bool>& of, bool begins) {
  const auto change = [&](Tie& tie) { tie = begins ? began(tie) : Tie::stop; };
  auto& event = event_of(element);
  auto* chord = std::get_if<Chord>(&element.item);
  const bool all = std::find(of.begin(), of.end(), false) == of.end();
  if (!chord || (all && chord->ties.empty())) {
    change(event.tie);
    return;
  }
  if (chord->ties.empty()) chord->ties.assign(of.size(), chord->tie);
  for (std::size_t i = 0; i < of.size(); ++i) {
    if (of[i]) change(chord->ties[i]);
  }
  chord->tie = Tie::none;
}

/// Which of the pitches goes on with `pitch`: one that ends no tie yet, if there are several.
std::size_t other_end(const Pitch& pitch, const std::vector<Pitch>& pitches, const std::vector<bool>& taken) {
  std::size_t found = pitches.size();
  for (std::size_t i = 0; i < pitches.size(); ++i) {
    if (!(pitches[i] == pitch)) continue;
    if (!taken[i]) return i;
    found = i;
  }
  return found;
}

}  // namespace

void VoiceBuilder::tie(const Token& token) {
  if (!token.touches || !last_tieable_) reject(token.place, "a tie stands right behind the first of the notes that it ties");
  if (event_of(measure_.elements[*last_tieable_]).grace) return;  // a tie from a grace note is drawn, and changes no length
  tie_ =
      OpenTie{token.place, last_written_, std::vector<bool>(last_written_.size(), true), part_.measures.size(), *last_tieable_};
}

std::vector<Element>& VoiceBuilder::elements_of(std::size_t measure) {
  return measure < part_.measures.size() ? part_.measures[measure].elements : measure_.elements;
}

/// The note or chord `here` must go on with every pitch that is tied to it.
void VoiceBuilder::connect_tie(Element& here, const std::vector<Pitch>& written) {
  if (!tie_) return;
  const auto tie = std::move(*tie_);
  tie_.reset();
  std::vector<bool> begins(tie.written.size(), false), ends(written.size(), false);
  for (std::size_t i = 0; i < tie.written.size(); ++i) {
    if (!tie.of[i]) continue;
    const auto end = other_end(tie.written[i], written, ends);
    if (end == written.size()) {
      if (tie.may_dangle) continue;
      reject(tie.place, "a tie to nothing: the next note is another");
    }
    begins[i] = ends[end] = true;
  }
  if (std::find(begins.begin(), begins.end(), true) == begins.end()) return;
  mark(elements_of(tie.measure)[tie.element], begins, true);
  mark(here, ends, false);
}

}  // namespace etude::music::strict
