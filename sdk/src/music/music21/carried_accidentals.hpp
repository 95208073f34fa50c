// Accidentals that hold beyond their note.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "characters.hpp"
#include "scanner.hpp"

namespace etude::music {

/// Which accidentals of this bar hold for later notes.
class CarriedAccidentals {
 public:
  explicit CarriedAccidentals(Propagation propagation) : propagation_(propagation) {}

  void propagate(Propagation propagation) { propagation_ = propagation; }
  void bar() {
    for (auto& accidental : by_letter_) accidental.reset();
    by_octave_.clear();
    pending_ = {};
  }
  void begin(char sign) { pending_ = {}, pending_.add(sign); }
  void add(char sign) { pending_.add(sign); }

  /// The letter that names the pitch of the current note, then its octave marks.
  void letter(const Character& c) { letter_ = c.value, marks_ = 0, named_ = true; }
  void mark(char sign) { marks_ = marks_ * 0x9E3779B97F4A7C15U + static_cast<unsigned char>(sign), named_ = true; }

  /// What holds for the note that ends here: nothing if it has accidentals of its own, which from now on hold for others.
  Accidental note() {
    const auto index = (letter_ | 0x20U) - U'a';
    const bool own = !pending_.empty();
    Accidental carried;
    if (letter_ < 0x80 && index < by_letter_.size()) {
      if (propagation_ == Propagation::pitch) {
        if (own)
          by_letter_[index] = pending_;
        else if (by_letter_[index])
          carried = *by_letter_[index];
      } else if (propagation_ == Propagation::octave) {
        const auto key = marks_ * 128 + letter_;
        if (own)
          by_octave_[key] = pending_;
        else if (const auto found = by_octave_.find(key); found != by_octave_.end())
          carried = found->second;
      }
    }
    if (named_) pending_ = {};
    return carried;
  }

 private:
  Propagation propagation_;
  Accidental pending_;       // before the current note; survives a sign that is dropped
  char32_t letter_ = 0;      // of the last note that had one
  std::uint64_t marks_ = 0;  // its octave marks, as a hash
  bool named_ = false;       // whether there was any
  std::array<std::optional<Accidental>, 7> by_letter_;
  std::unordered_map<std::uint64_t, Accidental> by_octave_;
};

}  // namespace etude::music
