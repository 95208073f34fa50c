// Scores built by hand, for tests of what is made of them.
#pragma once

#include <etude/music/score.hpp>
#include <utility>
#include <vector>

namespace score_builder {

using namespace etude::music;

inline Pitch pitch(char step, int octave = 4, int alteration = 0) { return {step, octave, alteration, false}; }

inline Note note(char step, Fraction length = 1, Tie tie = Tie::none) {
  Note made;
  made.pitch = pitch(step);
  made.length = length;
  made.tie = tie;
  return made;
}

inline Chord chord(std::vector<Pitch> pitches, Fraction length = 1) {
  Chord made;
  made.pitches = std::move(pitches);
  made.length = length;
  return made;
}

/// A measure of these items, one behind the other.
inline Measure measure(std::vector<Item> items, Barline left = Barline::none, Barline right = Barline::none) {
  Measure made;
  made.left = left;
  made.right = right;
  for (Item& item : items) {
    Element element{made.length(), std::move(item)};
    made.elements.push_back(std::move(element));
  }
  return made;
}

/// Measures one behind the other.
inline Part part(std::vector<Measure> measures) {
  Part made;
  Fraction end;
  for (Measure& each : measures) {
    each.offset = end;
    end += each.length();
    made.measures.push_back(std::move(each));
  }
  return made;
}

inline Score score(std::vector<Part> parts) {
  Score made;
  made.tunes.emplace_back();
  made.tunes.front().parts = std::move(parts);
  return made;
}

}  // namespace score_builder
