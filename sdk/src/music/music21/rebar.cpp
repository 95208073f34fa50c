#include "rebar.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <type_traits>
#include <utility>

#include "guess_meter.hpp"

namespace etude::music {

namespace {

/// The ties of the two halves of a note.
std::pair<Tie, Tie> split_tie(Tie tie) {
  switch (tie) {
    case Tie::none:
      return {Tie::start, Tie::stop};
    case Tie::start:
      return {Tie::start, Tie::both};
    case Tie::stop:
      return {Tie::both, Tie::stop};
    case Tie::both:
      break;
  }
  return {Tie::both, Tie::both};
}

/// What is struck belongs to the first half, what shortens or lengthens to the last.
void share_articulations(Event& head, Event& tail) {
  Articulations first, last;
  for (const Articulation sign :
       {Articulation::up_bow, Articulation::down_bow, Articulation::accent, Articulation::strong_accent}) {
    if (head.articulations.has(sign)) first.add(sign);
  }
  for (const Articulation sign : {Articulation::staccato, Articulation::tenuto}) {
    if (head.articulations.has(sign)) last.add(sign);
  }
  head.articulations = first;
  tail.articulations = last;
}

/// Shortens a note, chord or rest to `length` and gives what is left of it, tied to it unless it is a rest.
Item split(Item& item, const Fraction& length) {
  Item rest_of_it = item;
  std::visit(
      [&](auto& head) {
        using Kind = std::decay_t<decltype(head)>;
        if constexpr (std::is_base_of_v<Event, Kind>) {
          auto& tail = std::get<Kind>(rest_of_it);
          tail.length = head.length - length;
          head.length = length;
          head.tuplet.reset();
          tail.tuplet.reset();
          share_articulations(head, tail);
          if constexpr (!std::is_same_v<Kind, Rest>) std::tie(head.tie, tail.tie) = split_tie(head.tie);
        }
      },
      item);
  return rest_of_it;
}

/// Takes from a measure what lies behind `end`. What takes no time and stands right there stays.
Measure split_measure(Measure& measure, const Fraction& end) {
  const Fraction old_length = measure.length();
  Measure overflow;
  std::vector<Element> kept;
  bool chord_was_split = false, anything_moved = false;
  for (Element& element : measure.elements) {
    const Fraction element_end = element.offset + length_of(element);
    if (element_end <= end) {
      kept.push_back(std::move(element));
    } else if (element.offset < end) {
      chord_was_split = std::holds_alternative<Chord>(element.item);
      overflow.elements.push_back({Fraction(0), split(element.item, end - element.offset)});
      kept.push_back(std::move(element));
    } else {
      anything_moved = true;
      element.offset -= end;
      overflow.elements.push_back(std::move(element));
    }
  }
  measure.elements = std::move(kept);
  // A chord that is shortened does not tell its measure: music21 goes on with the length that the measure had, until something
  // is taken out of it. README.md calls it shortened_chord.
  const bool old_length_stays = chord_was_split && !anything_moved;
  const Barline right = std::exchange(measure.right, Barline::none);
  if (right == Barline::none) {
    overflow.offset = measure.offset + (old_length_stays ? old_length : end);
  } else {
    // The right barline moves too, to the left of what runs over, or behind its end where no measure has a barline: see
    // Quirk::moved_barline.
    if (!old_length_stays) overflow.left = right;
    overflow.offset = measure.offset + end;
  }
  return overflow;
}

}  // namespace

void rebar(Part& part) {
  MeterPointer meter;
  std::vector<Measure> added;
  for (std::size_t i = 0; i < part.measures.size(); ++i) {
    Measure& measure = part.measures[i];
    if (measure.meter) meter = measure.meter;
    if (!meter) break;
    const Fraction bar = meter->bar();
    measure.number += static_cast<int>(added.size());
    if (measure.length() <= bar) continue;
    Measure overflow = split_measure(measure, bar);
    overflow.number = measure.number + 1;
    if (overflow.length() != bar) {
      const auto guessed = guess_meter(overflow);
      if (!guessed) break;  // and what ran over is lost
      overflow.meter = std::make_shared<const Meter>(*guessed);
      if (i + 1 < part.measures.size() && !part.measures[i + 1].meter) part.measures[i + 1].meter = meter;
    }
    added.push_back(std::move(overflow));
  }
  if (added.empty()) return;
  std::move(added.begin(), added.end(), std::back_inserter(part.measures));
  std::stable_sort(part.measures.begin(), part.measures.end(),
                   [](const Measure& a, const Measure& b) { return a.offset < b.offset; });
}

namespace {

void transpose(Pitch& pitch, int octaves) {
  if (!pitch.floating) pitch.octave += octaves;
}

void transpose(std::vector<Element>& elements, int octaves) {
  for (Element& element : elements) {
    std::visit(
        [&](auto& item) {
          if constexpr (requires { item.pitch; }) transpose(item.pitch, octaves);
          if constexpr (requires { item.pitches; }) {
            for (Pitch& pitch : item.pitches) transpose(pitch, octaves);
          }
        },
        element.item);
  }
}

}  // namespace

void transpose(Part& part, int octaves) {
  for (Measure& measure : part.measures) transpose(measure.elements, octaves);
  transpose(part.loose, octaves);
}

}  // namespace etude::music
