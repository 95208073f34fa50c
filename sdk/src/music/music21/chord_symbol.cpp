#include "chord_symbol.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "chord_kind.hpp"
#include "chord_text.hpp"
#include "unreadable.hpp"

namespace etude::music {

namespace {

constexpr std::string_view letters = "CDEFGAB";
constexpr int semitones_above_c[] = {0, 2, 4, 5, 7, 9, 11};

int step_of(const Pitch& pitch) { return (pitch.step - 'C' + 7) % 7; }
/// The line or space on the staff; C1 is 8.
int line_of(const Pitch& pitch) { return 7 * pitch.octave + step_of(pitch) + 1; }
int semitone_of(const Pitch& pitch) { return 12 * pitch.octave + semitones_above_c[step_of(pitch)] + pitch.alteration; }

bool same_name(const Pitch& a, const Pitch& b) { return a.step == b.step && a.alteration == b.alteration; }

/// The pitch of a degree of the major scale on `root`, counted from 1 and from below in the octave above the root.
Pitch scale_degree(const Pitch& root, int degree) {
  const int above = ((degree - 1) % 7 + 7) % 7;
  const int step = step_of(root) + above;
  Pitch pitch{letters[static_cast<std::size_t>(step % 7)], root.octave + step / 7, 0, false};
  pitch.alteration = semitone_of(root) + semitones_above_c[above] - semitone_of(pitch);
  return pitch;
}

/// One semitone lower, with the usual spelling.
Pitch semitone_below(const Pitch& pitch) {
  static constexpr std::pair<char, int> spellings[] = {{'C', 0}, {'C', 1}, {'D', 0}, {'E', -1}, {'E', 0},  {'F', 0},
                                                       {'F', 1}, {'G', 0}, {'G', 1}, {'A', 0},  {'B', -1}, {'B', 0}};
  const int semitone = semitone_of(pitch) - 1;
  const auto [step, alteration] = spellings[((semitone % 12) + 12) % 12];
  return {step, (semitone - ((semitone % 12) + 12) % 12) / 12, alteration, false};
}

[[noreturn]] void fail(std::string_view error, const std::string& why) {
  throw Unreadable{error, "chord symbol cannot be read: " + why, {}};
}

/// A pitch that several names may mean at once: the chord's, its root, its bass. Moving it moves them all.
using Place = std::size_t;

/// Stacks the notes of a chord symbol.
class ChordBuilder {
 public:
  explicit ChordBuilder(ChordText text) : text_(std::move(text)) {
    root_ = keep(*text_.root);
    bass_ = text_.bass ? keep(*text_.bass) : root_;
  }

  std::vector<Pitch> build() {
    stack();
    if (text_.kind != nullptr) stack();  // music21 does it twice, and what it found first is the root and bass then
    std::vector<Pitch> pitches;
    for (const Place place : chord_) pitches.push_back(pitches_[place]);
    return pitches;
  }

 private:
  Place keep(const Pitch& pitch) {
    pitches_.push_back(pitch);
    return pitches_.size() - 1;
  }

  void stack() {
    pitches_[root_].octave = 3;
    pitches_[bass_].octave = 3;
    degrees_.clear();
    chord_.clear();
    if (text_.kind != nullptr) {
      stack_kind();
    } else {
      chord_.push_back(root_);
      if (!(pitches_[bass_] == pitches_[root_])) chord_.push_back(bass_);
    }
    const int inversion = invert();
    for (ChordChange& change : text_.changes) apply(change);
    raise_for_bass(inversion);
    keep_in_range();
    name_root_and_bass();
  }

  /// The degrees of the kind in the octave from the root, those of ninths and more an octave higher where they belong there.
  void stack_kind() {
    const Pitch root = pitches_[root_];
    std::vector<Pitch> found;
    for (auto degree = text_.kind->degrees.rbegin(); degree != text_.kind->degrees.rend(); ++degree) {
      degrees_.insert(degrees_.begin(), std::string(*degree));
      const std::size_t digits = degree->find_first_of("0123456789");
      Pitch pitch = scale_degree(root, std::stoi(std::string(degree->substr(digits))));
      if (digits > 0) {
        const int change = static_cast<int>(digits) * (degree->front() == '#' ? 1 : -1);
        pitch.alteration += change;
        if (std::abs(pitch.alteration) > 4) fail("AccidentalException", "more than four sharps or flats");
      }
      const int above = semitone_of(pitch) - semitone_of(root);
      pitch.octave -= above >= 0 ? above / 12 : (above - 11) / 12;
      found.push_back(pitch);
    }
    std::stable_sort(found.begin(), found.end(), [](const Pitch& a, const Pitch& b) { return semitone_of(a) < semitone_of(b); });
    const Stack stack = text_.kind->stack;
    const int raised = stack == Stack::ninth ? 1 : stack == Stack::eleventh ? 2 : stack == Stack::thirteenth ? 3 : 0;
    for (int i = 0; i < raised; ++i) ++found[static_cast<std::size_t>(2 * i + 1)].octave;
    if (raised > 0) sort_by_line(found);
    for (const Pitch& pitch : found) chord_.push_back(keep(pitch));
  }

  static void sort_by_line(std::vector<Pitch>& pitches) {
    std::stable_sort(pitches.begin(), pitches.end(), [](const Pitch& a, const Pitch& b) {
      return std::pair(line_of(a), semitone_of(a)) < std::pair(line_of(b), semitone_of(b));
    });
  }

  /// Which inversion the bass makes of the chord: 0 for none. A bass that makes none is added below.
  int invert() {
    if (same_name(pitches_[root_], pitches_[bass_])) return 0;
    static constexpr int inversions[] = {0, 3, 6, 2, 5, 1, 4};  // by steps from the bass up to the root
    const int inversion = inversions[((step_of(pitches_[root_]) - step_of(pitches_[bass_])) % 7 + 7) % 7];
    if (allows(inversion)) return inversion;
    pitches_[bass_].octave = 2;
    chord_.push_back(bass_);
    return 0;
  }

  bool allows(int inversion) const {
    const Stack stack = text_.kind != nullptr ? text_.kind->stack : Stack::triad;
    switch (inversion) {
      case 1:
      case 2:
        return stack != Stack::single;
      case 3:
        return stack == Stack::seventh || stack == Stack::ninth || stack == Stack::eleventh || stack == Stack::thirteenth;
      case 4:
        return stack == Stack::ninth || stack == Stack::eleventh || stack == Stack::thirteenth;
      case 5:
        return stack == Stack::eleventh || stack == Stack::thirteenth;
      default:
        return false;
    }
  }

  void apply(ChordChange& change) {
    if (change.how == ChordChange::How::subtract) {
      subtract(change);
    } else if (change.how == ChordChange::How::add || !alter(change)) {
      change.how = ChordChange::How::add;  // a degree that is not there to alter
      add(change);
    }
  }

  static void raise(Pitch& pitch, int semitones) {
    pitch.alteration += semitones;
    if (semitones != 0) pitch.natural = false;
    if (std::abs(pitch.alteration) > 4) fail("AccidentalException", "more than four sharps or flats");
  }

  void add(const ChordChange& change) {
    const Pitch root = pitches_[root_];
    Pitch added = scale_degree(root, change.degree);
    if (change.semitones != 0) {
      if (change.degree == 7 && change.semitones > 0 && text_.kind != nullptr) added = semitone_below(added);
      raise(added, change.semitones);
    }
    if (change.degree >= 7) ++added.octave;
    if (std::find(degrees_.begin(), degrees_.end(), std::to_string(change.degree)) == degrees_.end()) {
      chord_.push_back(keep(added));
      return;
    }
    const Pitch replaced = change.degree >= 1 && change.degree <= 7 ? scale_degree(root, change.degree) : Pitch{'?', 0, 0, false};
    for (std::size_t i = 0; i < chord_.size() && i < 64; ++i) {
      const Pitch here = pitches_[chord_[i]];
      if (here.step != replaced.step || here.alteration != replaced.alteration) continue;
      remove(here);
      chord_.push_back(keep(added));
    }
  }

  /// Takes out the first pitch equal to this one.
  void remove(const Pitch& pitch) {
    const auto found = std::find_if(chord_.begin(), chord_.end(), [&](const Place place) { return pitches_[place] == pitch; });
    if (found != chord_.end()) chord_.erase(found);
  }

  static int number_of(const std::string& degree) { return std::stoi(degree.substr(degree.find_first_of("0123456789"))); }

  void subtract(const ChordChange& change) {
    if (degrees_.empty()) return;
    bool found = false;
    for (std::size_t i = 0; i < chord_.size() && i < degrees_.size(); ++i) {
      if (number_of(degrees_[i]) != change.degree) continue;
      remove(pitches_[chord_[i]]);
      found = true;
      const std::string number = std::to_string(change.degree);
      const auto named = std::find_if(degrees_.begin(), degrees_.end(),
                                      [&](const std::string& degree) { return degree.find(number) != std::string::npos; });
      if (named != degrees_.end()) degrees_.erase(named);
    }
    if (!found)
      fail("ChordStepModificationException",
           "it takes away degree " + std::to_string(change.degree) + ", which is not in the chord");
  }

  bool alter(const ChordChange& change) {
    bool found = false;
    for (std::size_t i = 0; i < chord_.size() && i < degrees_.size(); ++i) {
      if (number_of(degrees_[i]) != change.degree) continue;
      raise(pitches_[chord_[i]], change.semitones);
      found = true;
    }
    return found;
  }

  /// In an inversion the notes below the bass go up.
  void raise_for_bass(int inversion) {
    if (inversion == 0) return;
    for (std::size_t i = 0; i < static_cast<std::size_t>(inversion) && i < chord_.size(); ++i) {
      pitches_[chord_[i]].octave += inversion > 3 ? 2 : 1;
    }
    for (const Place place : chord_) {
      if (line_of(pitches_[place]) < line_of(pitches_[bass_])) ++pitches_[place].octave;
    }
  }

  /// Not above D4, unless it went below A1 then.
  void keep_in_range() {
    constexpr int d4 = 30, a1 = 13;
    const auto any = [this](auto&& holds) {
      return std::any_of(chord_.begin(), chord_.end(), [&](const Place place) { return holds(line_of(pitches_[place])); });
    };
    while (any([](int line) { return line > d4; })) {
      for (const Place place : chord_) --pitches_[place].octave;
    }
    while (any([](int line) { return line < a1; })) {
      for (const Place place : chord_) ++pitches_[place].octave;
    }
    std::stable_sort(chord_.begin(), chord_.end(), [this](const Place a, const Place b) {
      return std::pair(line_of(pitches_[a]), semitone_of(pitches_[a])) <
             std::pair(line_of(pitches_[b]), semitone_of(pitches_[b]));
    });
  }

  /// The note of the chord that a pitch means: itself, one with its name in its octave, one with its name.
  std::optional<Place> find_in_chord(Place wanted) const {
    if (std::find(chord_.begin(), chord_.end(), wanted) != chord_.end()) return wanted;
    for (const bool octave_too : {true, false}) {
      for (const Place place : chord_) {
        const bool same_octave = pitches_[place].octave == pitches_[wanted].octave;
        if (same_name(pitches_[place], pitches_[wanted]) && (same_octave || !octave_too)) return place;
      }
    }
    return std::nullopt;
  }

  void name_root_and_bass() {
    if (const auto bass = find_in_chord(bass_)) {
      bass_ = *bass;
    } else {
      chord_.insert(chord_.begin(), bass_);
    }
    if (const auto root = find_in_chord(root_)) root_ = *root;
  }

  ChordText text_;
  std::vector<Pitch> pitches_;
  Place root_ = 0, bass_ = 0;
  std::vector<Place> chord_;
  std::vector<std::string> degrees_;  ///< of the kind, as long as they are there
};

}  // namespace

std::optional<std::vector<Pitch>> chord_symbol_pitches(std::string_view symbol) {
  if (symbol.empty() || symbol == "NC" || symbol == "N.C." || symbol == "No Chord" || symbol == "None") {
    return std::vector<Pitch>{};
  }
  auto text = read_chord_text(symbol);
  if (!text) return std::nullopt;
  if (!text->root) return text->bass ? std::vector{*text->bass} : std::vector<Pitch>{};
  return ChordBuilder(std::move(*text)).build();
}

}  // namespace etude::music
