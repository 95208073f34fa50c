// The last notes of a voice, as one number.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <etude/random.hpp>
#include <vector>

#include "note_sequences.hpp"

namespace metric_music {

/// A note, chord or rest whose length may still change: broken rhythm stands behind it.
struct Event {
  bool sounds = false;
  int pitch = 0;            ///< the highest
  std::uint64_t shape = 0;  ///< of a chord: its other pitches below that, in any order
  double length = 0;        ///< whole notes
};

/// Remembers the last twelve events of a voice.
class SequenceWindow {
 public:
  void add(const Event& event, std::vector<std::uint64_t>& digests) {
    // Lengths with small denominators are exact in these units.
    const auto length = static_cast<std::uint64_t>(std::llround(std::min(event.length, 1e9) * 322560));
    const std::uint64_t itself = etude::mix_bits(length * 0x9e3779b97f4a7c15u + event.shape);
    const auto interval = static_cast<std::uint64_t>(count_ > 0 ? event.pitch - last_pitch_ : 0);
    const std::uint64_t joined = etude::mix_bits(itself ^ etude::mix_bits(interval));
    Slot& slot = slots_[count_ % sequence_notes];
    Slot& oldest = slots_[(count_ + 1) % sequence_notes];
    sum_ = sum_ * base + joined;
    slot = {itself, joined};
    last_pitch_ = event.pitch;
    if (++count_ < sequence_notes) return;
    // The first note of a sequence has no interval that leads to it.
    sum_ -= oldest.joined * power;
    digests.push_back(etude::mix_bits(sum_ ^ etude::mix_bits(oldest.itself + 1)));
  }

 private:
  struct Slot {
    std::uint64_t itself = 0, joined = 0;
  };
  static constexpr std::uint64_t base = 0xd6e8feb86659fd93u;
  static constexpr std::uint64_t power = [] {
    std::uint64_t result = 1;
    for (std::size_t i = 1; i < sequence_notes; ++i) result *= base;
    return result;
  }();

  std::array<Slot, sequence_notes> slots_{};
  std::uint64_t sum_ = 0;
  std::size_t count_ = 0;
  int last_pitch_ = 0;
};

}  // namespace metric_music
