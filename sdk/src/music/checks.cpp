#include <algorithm>
#include <etude/error.hpp>
#include <etude/music/checks.hpp>
#include <limits>
#include <map>

namespace etude::music {
namespace {

/// A measure as the meter sees it: how long it is, and how long it should be.
struct Bar {
  const Measure* measure = nullptr;
  Meter meter;           ///< in force when it begins
  Fraction length;       ///< of its longest layer
  Fraction wanted;       ///< 0 in free meter
  Fraction also_wanted;  ///< by the meter that it changes to on its way; the same as `wanted` where there is none
  bool edge_before = false, edge_behind = false;
  bool ending_begins = false;
  std::size_t section = 0;            ///< the first bar of its section
  std::size_t repeat = 0;             ///< the first bar of what a repeat sign here takes us back to
  std::optional<std::size_t> branch;  ///< where it begins a later ending: the bar before the first one
  bool completed = false;

  bool full() const { return wanted.zero() || length == wanted || length == also_wanted; }
  bool too_short() const { return length < std::min(wanted, also_wanted); }
};

const MeterPointer* meter_inside(const Measure& measure) {
  const MeterPointer* last = nullptr;
  for (const auto& element : measure.elements) {
    const auto* meter = std::get_if<MeterPointer>(&element.item);
    if (meter && *meter && !element.offset.zero()) last = meter;
  }
  return last;
}

/// A sign that sets off what stands at its two sides.
bool sets_off(Barline line) { return line != Barline::none && line != Barline::dotted; }

bool set_off(const Measure& before, const Measure& behind) { return sets_off(before.right) || sets_off(behind.left); }

std::vector<Bar> measured(const Part& part) {
  std::vector<Bar> bars;
  Meter meter;
  for (const auto& measure : part.measures) {
    if (measure.meter) meter = *measure.meter;
    Bar bar;
    bar.measure = &measure;
    bar.meter = meter;
    bar.length = measure.length();
    bar.wanted = bar.also_wanted = measure.unmeasured ? Fraction(0) : meter.bar() * Fraction(measure.bars);
    if (const auto* inside = meter_inside(measure)) {
      meter = **inside;
      bar.also_wanted = meter.bar();
    }
    bars.push_back(bar);
  }
  return bars;
}

void find_edges(std::vector<Bar>& bars) {
  std::optional<std::size_t> ending;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    const auto& here = bars[i].measure->ending;
    bars[i].ending_begins = here && here != ending;
    if (here) ending = here;
    bars[i].edge_before = i == 0 || bars[i].ending_begins || set_off(*bars[i - 1].measure, *bars[i].measure);
    if (i > 0) bars[i - 1].edge_behind = bars[i].edge_before;
  }
  if (!bars.empty()) bars.back().edge_behind = true;
}

void find_sections(std::vector<Bar>& bars) {
  std::size_t section = 0, repeat = 0;
  std::optional<std::size_t> branch;
  for (std::size_t i = 0; i < bars.size(); ++i) {
    auto& bar = bars[i];
    if (bar.ending_begins) {
      if (branch) bar.branch = branch;
      if (!branch && i > 0) branch = i - 1;
    } else if (bar.edge_before) {
      section = i;
      branch.reset();
      const bool after_repeat = i > 0 && bars[i - 1].measure->right == Barline::repeat_end;
      if (after_repeat || bar.measure->left == Barline::repeat_start) repeat = i;
    }
    bar.section = section;
    bar.repeat = repeat;
  }
}

void join(Bar& before, Bar& behind) {
  for (const auto& wanted : {before.wanted, behind.wanted}) {
    if (before.length + behind.length == wanted) before.completed = behind.completed = true;
  }
}

void join_partners(std::vector<Bar>& bars) {
  for (std::size_t i = 0; i < bars.size(); ++i) {
    auto& bar = bars[i];
    if (bar.branch) join(bars[*bar.branch], bar);
    if (!bar.edge_behind) continue;
    if (bar.section != i) join(bar, bars[bar.section]);
    if (bar.repeat != i) join(bar, bars[bar.repeat]);
    if (i + 1 < bars.size() && !bars[i + 1].branch) join(bar, bars[i + 1]);
    if (i + 1 == bars.size() && i != 0) join(bar, bars[0]);
  }
}

/// Where each layer of a measure ends.
std::map<int, Fraction> ends_of_layers(const Measure& measure) {
  std::map<int, Fraction> ends;
  for (const auto& element : measure.elements) {
    auto& end = ends[element.layer];
    end = std::max(end, element.offset + length_of(element));
  }
  return ends;
}

std::string in_whole_notes(const Fraction& quarters) { return (quarters / Fraction(4)).text(); }

std::string name_of(const Tune& tune, std::size_t part) {
  const auto& name = tune.parts[part].name;
  return name.empty() ? std::to_string(part + 1) : name;
}

std::string place(const Score& score, std::size_t tune, std::size_t part) {
  std::string where = text("voice ", name_of(score.tunes[tune], part));
  if (score.tunes.size() > 1) where += text(" of tune ", tune + 1);
  return where;
}

class BarCheck {
 public:
  BarCheck(const Score& score, Extent extent) : score_(score), extent_(extent) {}

  std::vector<Finding> findings() {
    for (tune_ = 0; tune_ < score_.tunes.size(); ++tune_) {
      for (part_ = 0; part_ < score_.tunes[tune_].parts.size(); ++part_) check_part();
    }
    return std::move(findings_);
  }

 private:
  void check_part() {
    auto bars = measured(score_.tunes[tune_].parts[part_]);
    find_edges(bars);
    find_sections(bars);
    join_partners(bars);
    for (std::size_t i = 0; i < bars.size(); ++i) {
      const auto& bar = bars[i];
      check_layers(bar);
      const bool excused = bar.too_short() && (i == 0 || bar.completed || (i + 1 == bars.size() && cut_off(bar)));
      if (bar.full() || excused) continue;
      const auto meter = text(bar.meter.beats, "/", bar.meter.unit);
      add(bar, text("bar ", bar.measure->number, " of ", place(score_, tune_, part_), " is ", in_whole_notes(bar.length),
                    " long, its meter ", meter, " wants ", in_whole_notes(bar.wanted)));
    }
  }

  void check_layers(const Bar& bar) {
    const auto ends = ends_of_layers(*bar.measure);
    if (ends.size() < 2) return;
    for (const auto& [layer, end] : ends) {
      if (end == bar.length) continue;
      add(bar, text("layer ", layer + 1, " of bar ", bar.measure->number, " of ", place(score_, tune_, part_), " is ",
                    in_whole_notes(end), " long, the bar ", in_whole_notes(bar.length)));
    }
  }

  bool cut_off(const Bar& last) const {
    return extent_ == Extent::cut_off && last.measure->open && tune_ + 1 == score_.tunes.size() &&
           part_ + 1 == score_.tunes[tune_].parts.size();
  }

  void add(const Bar& bar, std::string text) { findings_.push_back({tune_, part_, bar.measure->number, std::move(text)}); }

  const Score& score_;
  Extent extent_;
  std::size_t tune_ = 0, part_ = 0;
  std::vector<Finding> findings_;
};

/// Calls `visit(event)` for every note, chord and rest of the part.
template <class Visitor>
void for_each_event(const Part& part, const Visitor& visit) {
  const auto all = [&](const std::vector<Element>& elements) {
    for (const auto& element : elements) {
      std::visit(
          [&](const auto& item) {
            if constexpr (std::is_base_of_v<Event, std::decay_t<decltype(item)>>) visit(item);
          },
          element.item);
    }
  };
  for (const auto& measure : part.measures) all(measure.elements);
  all(part.loose);
}

bool strikes(Tie tie) { return tie == Tie::none || tie == Tie::start; }
std::size_t struck(const Note& note) { return strikes(note.tie) ? 1 : 0; }
std::size_t struck(const Chord& chord) {
  if (chord.ties.empty()) return strikes(chord.tie) ? chord.pitches.size() : 0;
  return static_cast<std::size_t>(std::count_if(chord.ties.begin(), chord.ties.end(), strikes));
}
std::size_t struck(const Rest&) { return 0; }

bool sounds_or_rests(const Part& part) {
  bool any = false;
  for_each_event(part, [&](const auto&) { any = true; });
  return any;
}

}  // namespace

std::vector<Finding> unfilled_bars(const Score& score, Extent extent) { return BarCheck(score, extent).findings(); }

std::vector<Finding> unequal_voices(const Score& score, Extent extent) {
  std::vector<Finding> findings;
  for (std::size_t t = 0; t < score.tunes.size(); ++t) {
    const auto& parts = score.tunes[t].parts;
    std::vector<Fraction> lengths;
    for (const auto& part : parts) lengths.push_back(length_of(part));
    const auto longest = std::ranges::max_element(lengths);
    for (std::size_t p = 0; p < parts.size(); ++p) {
      const bool cut_off = extent == Extent::cut_off && t + 1 == score.tunes.size() && p + 1 == parts.size();
      if (lengths[p] == *longest || cut_off || !sounds_or_rests(parts[p])) continue;
      const auto other = static_cast<std::size_t>(longest - lengths.begin());
      const int last = parts[p].measures.empty() ? 0 : parts[p].measures.back().number;
      findings.push_back({t, p, last,
                          text(place(score, t, p), " is ", in_whole_notes(lengths[p]), " long, voice ",
                               name_of(score.tunes[t], other), " ", in_whole_notes(*longest))});
    }
  }
  return findings;
}

Fraction length_of(const Part& part) {
  Fraction length, loose;
  for (const auto& measure : part.measures) length += measure.length();
  for (const auto& element : part.loose) loose = std::max(loose, element.offset + length_of(element));
  return std::max(length, loose);
}

std::size_t count_voices(const Score& score) {
  std::size_t most = 0;
  for (const auto& tune : score.tunes) {
    most = std::max(most, static_cast<std::size_t>(std::ranges::count_if(tune.parts, sounds_or_rests)));
  }
  return most;
}

std::size_t count_notes(const Score& score) {
  std::size_t notes = 0;
  for (const auto& tune : score.tunes) {
    for (const auto& part : tune.parts) for_each_event(part, [&](const auto& event) { notes += struck(event); });
  }
  return notes;
}

std::int64_t count_measures(const Score& score) {
  constexpr std::int64_t limit = std::numeric_limits<std::int64_t>::max();
  std::int64_t measures = 0;
  for (const auto& tune : score.tunes) {
    for (const auto& part : tune.parts) {
      for (const auto& measure : part.measures) measures += std::min(std::max<std::int64_t>(measure.bars, 0), limit - measures);
    }
  }
  return measures;
}

}  // namespace etude::music
