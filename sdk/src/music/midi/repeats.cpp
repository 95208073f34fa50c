#include "repeats.hpp"

#include <algorithm>
#include <etude/music/midi.hpp>
#include <optional>
#include <string>

namespace etude::music {

namespace {

using Measures = std::vector<PlayedMeasure>;

bool begins_repeat(Barline line) { return line == Barline::repeat_start; }
bool ends_repeat(Barline line) { return line == Barline::repeat_end; }
bool is_repeat(Barline line) { return begins_repeat(line) || ends_repeat(line); }

[[noreturn]] void malformed(const std::string& what) {
  throw MidiExportError("badly formed repeats: " + what, "mark where each repeat begins and ends");
}

/// The measures under a bracket, as indices in Part::measures.
struct Bracket {
  int number = 1;
  std::size_t first = 0, last = 0;
  bool open = true;  ///< no measure seen yet
};

std::vector<Bracket> brackets_of(const Part& part) {
  std::vector<Bracket> brackets(part.endings.size());
  for (std::size_t i = 0; i < brackets.size(); ++i) brackets[i].number = part.endings[i].number;
  for (std::size_t i = 0; i < part.measures.size(); ++i) {
    const auto& ending = part.measures[i].ending;
    if (!ending || *ending >= brackets.size()) continue;
    Bracket& bracket = brackets[*ending];
    if (bracket.open) bracket.first = i;
    bracket.open = false;
    bracket.last = i;
  }
  return brackets;
}

/// First ending, second ending, ... of one repeat: a number that comes again begins another group.
using Group = std::vector<std::size_t>;

/// Groups of the brackets whose first measure is still there uncopied, in the order of these measures.
std::vector<Group> group_brackets(const Part& part, const std::vector<Bracket>& brackets, const Measures& measures) {
  std::vector<Group> groups(1);
  std::vector<int> numbers;
  for (const PlayedMeasure& played : measures) {
    const auto& ending = part.measures[played.measure].ending;
    if (played.copied || !ending || *ending >= brackets.size() || brackets[*ending].first != played.measure) continue;
    const int number = brackets[*ending].number;
    if (std::find(numbers.begin(), numbers.end(), number) != numbers.end()) {
      groups.emplace_back();
      numbers.clear();
    }
    numbers.push_back(number);
    groups.back().push_back(*ending);
  }
  return groups;
}

/// Every end has its beginning, the first of which may be left out.
bool signs_are_coherent(const Measures& measures) {
  std::int64_t starts = 0, ends = 0, open = 0;
  const auto end_one = [&] {
    if (open == 0) ++starts, ++open;
    ++ends, --open;
  };
  for (const PlayedMeasure& measure : measures) {
    if (begins_repeat(measure.left)) ++starts, ++open;
    if (ends_repeat(measure.left)) end_one();
    if (ends_repeat(measure.right)) end_one();
  }
  return (open == 0 || open == 1) && (starts == ends || starts == ends - 1);
}

/// Endings count up from 1, and all but the last of several end with a repeat sign; so does one that stands alone.
bool endings_are_coherent(const Part& part, const std::vector<Bracket>& brackets, const std::vector<Group>& groups) {
  for (const Group& group : groups) {
    if (group.empty()) return true;
    int expected = 1;
    for (std::size_t i = 0; i < group.size(); ++i, ++expected) {
      const Bracket& bracket = brackets[group[i]];
      if (group.size() > 1 && bracket.number != expected) return false;
      const bool must_repeat = group.size() == 1 || i + 1 < group.size();
      if (must_repeat && !is_repeat(part.measures[bracket.last].right)) return false;
    }
  }
  return true;
}

bool any_repeat(const Measures& measures) {
  return std::any_of(measures.begin(), measures.end(),
                     [](const PlayedMeasure& m) { return is_repeat(m.left) || ends_repeat(m.right); });
}

/// A run of measures: [begin, end).
struct Run {
  std::size_t begin = 0, end = 0;
  bool empty() const { return begin >= end; }
};

/// What stands before the first sign that ends a repeat, back to the last one that begins one or to the beginning.
Run innermost_repeat(const Measures& measures) {
  std::size_t begin = 0;
  for (std::size_t i = 0; i < measures.size(); ++i) {
    if (begins_repeat(measures[i].left)) begin = i;
    if (ends_repeat(measures[i].left)) return {begin, i};
    if (ends_repeat(measures[i].right)) return {begin, i + 1};
  }
  return {};
}

void strip_repeats(PlayedMeasure& measure) {
  if (is_repeat(measure.left)) measure.left = Barline::double_line;
  if (is_repeat(measure.right)) measure.right = Barline::double_line;
}

PlayedMeasure copy_of(const PlayedMeasure& measure) {
  PlayedMeasure copy = measure;
  copy.copied = true;
  return copy;
}

/// Writes out the repeats of one part, innermost first.
class RepeatPlayer {
 public:
  RepeatPlayer(const Part& part, std::size_t& allowance) : part_(part), brackets_(brackets_of(part)), allowance_(allowance) {
    done_.assign(brackets_.size(), false);
    for (std::size_t i = 0; i < part.measures.size(); ++i) {
      measures_.push_back({i, false, part.measures[i].left, part.measures[i].right});
    }
  }

  Measures play() {
    // music21 gives up after a hundred repeats and leaves the rest as they stand.
    constexpr int most_repeats = 100;
    if (!any_repeat(measures_)) return measures_;
    if (!signs_are_coherent(measures_)) malformed("a sign that begins or ends one has no counterpart");
    if (!endings_are_coherent(part_, brackets_, group_brackets(part_, brackets_, measures_))) {
      malformed("the endings are not numbered 1, 2, ... or do not end with a repeat sign");
    }
    for (int i = 0; i < most_repeats; ++i) {
      play_innermost();
      if (!any_repeat(measures_)) break;
    }
    return measures_;
  }

 private:
  void play_innermost() {
    const Run repeat = innermost_repeat(measures_);
    if (repeat.empty()) {
      // A sign that ends a repeat before the first measure: music21 is left with no measure at all.
      measures_.clear();
      return;
    }
    if (const auto group = endings_of(repeat)) {
      play_endings(repeat.begin, *group);
    } else {
      play_twice(repeat);
    }
  }

  /// The first group of endings, none of them played yet, with a bracket over the first or last measure of the repeat.
  std::optional<Group> endings_of(const Run& repeat) const {
    if (brackets_.empty()) return std::nullopt;
    for (const Group& group : group_brackets(part_, brackets_, measures_)) {
      for (const std::size_t bracket : group) {
        if (done_[bracket]) break;
        if (spans(bracket, measures_[repeat.begin]) || spans(bracket, measures_[repeat.end - 1])) return group;
      }
    }
    return std::nullopt;
  }

  /// A bracket knows the measures that open and close it, not those between.
  bool spans(std::size_t bracket, const PlayedMeasure& played) const {
    return !played.copied && part_.measures[played.measure].ending == bracket;
  }

  void play_twice(const Run& repeat) {
    Measures played(measures_.begin(), measures_.begin() + static_cast<std::ptrdiff_t>(repeat.begin));
    for (int time = 0; time < 2; ++time) {
      for (std::size_t i = repeat.begin; i < repeat.end; ++i) {
        spend(measures_[i]);
        played.push_back(copy_of(measures_[i]));
        if (i == repeat.begin || i + 1 == repeat.end) strip_repeats(played.back());
      }
    }
    // Where the sign stood on the left of the next measure, that measure loses its signs on both sides.
    const bool sign_is_on_next = !ends_repeat(measures_[repeat.end - 1].right);
    if (sign_is_on_next && repeat.end < measures_.size()) strip_repeats(measures_[repeat.end]);
    played.insert(played.end(), measures_.begin() + static_cast<std::ptrdiff_t>(repeat.end), measures_.end());
    measures_ = std::move(played);
  }

  void play_endings(std::size_t begin, const Group& group) {
    Measures played(measures_.begin(), measures_.begin() + static_cast<std::ptrdiff_t>(begin));
    std::vector<bool> under_earlier_bracket(measures_.size(), false);
    std::vector<std::vector<std::size_t>> passes;
    for (const std::size_t bracket : group) {
      done_[bracket] = true;
      const std::size_t first = place_of(brackets_[bracket].first), last = place_of(brackets_[bracket].last);
      std::vector<std::size_t>& pass = passes.emplace_back();
      for (std::size_t i = begin; i <= last; ++i) {
        if (under_earlier_bracket[i]) continue;
        spend(measures_[i]);
        pass.push_back(i);
      }
      if (pass.empty()) malformed("an ending stands before the repeat that it ends");
      for (std::size_t i = first; i <= last; ++i) under_earlier_bracket[i] = true;
    }
    for (const auto& pass : passes) {
      for (const std::size_t i : pass) {
        played.push_back(copy_of(measures_[i]));
        strip_repeats(played.back());
      }
    }
    const std::size_t rest = passes.back().back() + 1;
    played.insert(played.end(), measures_.begin() + static_cast<std::ptrdiff_t>(rest), measures_.end());
    measures_ = std::move(played);
  }

  std::size_t place_of(std::size_t measure) const {
    for (std::size_t i = 0; i < measures_.size(); ++i) {
      if (measures_[i].measure == measure && !measures_[i].copied) return i;
    }
    malformed("an ending is part of another repeat already");
  }

  void spend(const PlayedMeasure& played) {
    const std::size_t weight = 1 + part_.measures[played.measure].elements.size();
    if (weight > allowance_) {
      throw MidiExportError("badly formed repeats: they nest so deep that the music would not fit in memory",
                            "write fewer repeats in each other");
    }
    allowance_ -= weight;
  }

  const Part& part_;
  std::vector<Bracket> brackets_;
  std::vector<bool> done_;  ///< by bracket: its group has been played
  Measures measures_;
  std::size_t& allowance_;
};

}  // namespace

bool has_repeats(const Part& part) {
  return std::any_of(part.measures.begin(), part.measures.end(),
                     [](const Measure& m) { return is_repeat(m.left) || ends_repeat(m.right); });
}

std::vector<PlayedMeasure> play_repeats(const Part& part, std::size_t& allowance) { return RepeatPlayer(part, allowance).play(); }

}  // namespace etude::music
