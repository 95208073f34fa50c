#include "timeline.hpp"

#include <algorithm>
#include <etude/music/midi.hpp>

#include "repeats.hpp"

namespace etude::music {

namespace {

/// Whether an element is heard or kept silent for a time.
bool is_event(const Element& element) {
  return std::holds_alternative<Note>(element.item) || std::holds_alternative<Chord>(element.item) ||
         std::holds_alternative<Rest>(element.item) || std::holds_alternative<ChordSymbol>(element.item);
}

bool is_grace(const Element& element) {
  const auto* note = std::get_if<Note>(&element.item);
  return note != nullptr && note->grace;
}

/// At one time: chord symbols, then grace notes, then the rest.
int rank(const Placed& placed) {
  if (std::holds_alternative<ChordSymbol>(placed.element->item)) return 0;
  return is_grace(*placed.element) ? 1 : 2;
}

bool earlier(const Placed& a, const Placed& b) { return a.offset == b.offset ? rank(a) < rank(b) : a.offset < b.offset; }

/// Adds what stands in a measure, or loose in a part, to a timeline.
void place(const Element& element, const Fraction& start, bool copied, Timeline& timeline) {
  const Fraction offset = start + element.offset;
  if (is_event(element)) {
    timeline.notes.push_back({offset, length_of(element), &element});
  } else if (const auto* tempo = std::get_if<Tempo>(&element.item)) {
    timeline.tempi.push_back({offset, tempo, copied});
  } else if (const auto* meter = std::get_if<MeterPointer>(&element.item); meter != nullptr && *meter != nullptr) {
    timeline.meters.push_back({offset, meter, copied});
  } else if (const auto* key = std::get_if<Key>(&element.item)) {
    timeline.keys.push_back({offset, key, copied});
  }
}

void place(const Measure& measure, const Fraction& start, bool copied, Timeline& timeline) {
  if (measure.meter) timeline.meters.push_back({start, &measure.meter, copied});
  if (measure.key) timeline.keys.push_back({start, &*measure.key, copied});
  for (const Element& element : measure.elements) place(element, start, copied, timeline);
}

}  // namespace

Timeline lay_out(const Part& part, bool repeats, std::size_t& allowance) {
  Timeline timeline;
  if (repeats && part.measures.empty()) {
    throw MidiExportError("no measures to repeat: a voice has no measures where another has them",
                          "write barlines in every voice");
  }
  std::size_t events = part.loose.size();
  for (const Measure& measure : part.measures) events += measure.elements.size();
  timeline.notes.reserve(events);

  // Loose elements stand at places of the part as it is written, behind measures that begin there.
  std::vector<const Element*> loose;
  loose.reserve(part.loose.size());
  for (const Element& element : part.loose) loose.push_back(&element);
  std::stable_sort(loose.begin(), loose.end(), [](const Element* a, const Element* b) { return a->offset < b->offset; });
  auto next_loose = loose.begin();
  const auto place_loose_before = [&](const Fraction* offset) {
    for (; next_loose != loose.end() && (offset == nullptr || (*next_loose)->offset < *offset); ++next_loose) {
      place(**next_loose, Fraction(0), false, timeline);
    }
  };
  if (repeats && has_repeats(part)) {
    Fraction start;
    for (const PlayedMeasure& played : play_repeats(part, allowance)) {
      const Measure& measure = part.measures[played.measure];
      place_loose_before(&start);
      place(measure, start, played.copied, timeline);
      start += measure.length();
    }
  } else {
    for (const Measure& measure : part.measures) {
      place_loose_before(&measure.offset);
      place(measure, measure.offset, false, timeline);
    }
  }
  place_loose_before(nullptr);
  if (!std::is_sorted(timeline.notes.begin(), timeline.notes.end(), earlier)) {
    std::stable_sort(timeline.notes.begin(), timeline.notes.end(), earlier);
  }
  return timeline;
}

}  // namespace etude::music
