// What a note of a voice sounds like: key, accidentals carried, clef and transposition.
#include "voice.hpp"

namespace etude::music::strict {
namespace {

constexpr int semitones_of_step[] = {9, 11, 0, 2, 4, 5, 7};  // A to G above C

int key_number(const Pitch& pitch) { return 12 * (pitch.octave + 1) + semitones_of_step[pitch.step - 'A'] + pitch.alteration; }

/// The pitch of that key, spelled with sharps.
Pitch spelled(int key) {
  constexpr char steps[] = "CCDDEFFGGAAB";
  constexpr bool sharp[] = {false, true, false, true, false, false, true, false, true, false, true, false};
  Pitch pitch;
  pitch.step = steps[key % 12];
  pitch.octave = key / 12 - 1;
  pitch.alteration = sharp[key % 12] ? 1 : 0;
  return pitch;
}

bool same_line(const Pitch& a, const Pitch& b) { return a.step == b.step && a.octave == b.octave; }

}  // namespace

VoiceBuilder::Accidental& VoiceBuilder::accidental(const Pitch& pitch) {
  const auto step = static_cast<std::size_t>(pitch.step - 'A');
  const bool everywhere = settings_.propagation == Propagation::pitch;
  return accidentals_[step * octaves + (everywhere ? 0 : static_cast<std::size_t>(pitch.octave + 1))];
}

/// An accidental holds to the end of its bar, and for a note that is tied across the bar line.
Pitch VoiceBuilder::written_pitch(const Token& note, bool grace) {
  Pitch pitch;
  pitch.step = note.step;
  pitch.octave = note.octave;
  pitch.alteration = settings_.alterations[static_cast<std::size_t>(note.step - 'A')];
  auto& carried = accidental(pitch);
  if (note.alteration) {
    pitch.alteration = *note.alteration;
    if (settings_.propagation != Propagation::none) carried = {bar_, pitch.alteration};
    return pitch;
  }
  if (carried.bar == bar_) pitch.alteration = carried.alteration;
  if (!tie_ || grace) return pitch;
  for (std::size_t i = 0; i < tie_->written.size(); ++i) {
    if (tie_->of[i] && same_line(tie_->written[i], pitch)) pitch.alteration = tie_->written[i].alteration;
  }
  return pitch;
}

Pitch VoiceBuilder::sounding_pitch(const Pitch& written, const Place& place) const {
  Pitch pitch = written;
  pitch.octave += settings_.properties.octaves.value_or(0) + settings_.properties.clef_octaves.value_or(0);
  const int key = key_number(pitch) + settings_.properties.semitones.value_or(0);
  if (key < 0 || key > 127) reject(place, "a note out of range");
  return settings_.properties.semitones.value_or(0) == 0 ? pitch : spelled(key);
}

}  // namespace etude::music::strict
