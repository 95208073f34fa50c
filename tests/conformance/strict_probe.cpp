// What abc_strict_test.py compares with: texts as the strict reading has them.
// Standard input: for each text its length in bytes, a line feed, its bytes. Standard output: one JSON line each, {"error": ...,
// "line": ..., "column": ...} or {"notes": [[onset, pitch], ...], "repeats": ...} with onsets in quarter notes as
// "numerator/denominator"; notes of all voices of the first tune as written (repeats once), tied ones joined, grace notes left
// out.
#include <etude/music/abc.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

namespace {

using namespace etude::music;

struct Sounding {
  Fraction onset, end;
  int pitch = 0;
};

int key_of(const Pitch& pitch) {
  constexpr int semitones[] = {9, 11, 0, 2, 4, 5, 7};
  return 12 * (pitch.octave + 1) + semitones[pitch.step - 'A'] + pitch.alteration;
}

bool ends_tie(Tie tie) { return tie == Tie::stop || tie == Tie::both; }

/// Adds a note; one that a tie goes on from is lengthened instead.
void add(std::vector<Sounding>& notes, const Pitch& pitch, Tie tie, const Fraction& onset, const Fraction& length) {
  const int key = key_of(pitch);
  if (ends_tie(tie)) {
    for (auto note = notes.rbegin(); note != notes.rend() && note - notes.rbegin() < 200; ++note) {
      if (note->pitch == key && note->end == onset) {
        note->end = onset + length;
        return;
      }
    }
  }
  notes.push_back({onset, onset + length, key});
}

void add(std::vector<Sounding>& notes, const Part& part) {
  std::vector<Sounding> own;
  for (const auto& measure : part.measures) {
    for (const auto& element : measure.elements) {
      const auto onset = measure.offset + element.offset;
      if (const auto* note = std::get_if<Note>(&element.item); note && !note->grace)
        add(own, note->pitch, note->tie, onset, note->length);
      const auto* chord = std::get_if<Chord>(&element.item);
      if (!chord || chord->grace) continue;
      for (std::size_t i = 0; i < chord->pitches.size(); ++i) {
        add(own, chord->pitches[i], chord->ties.empty() ? chord->tie : chord->ties[i], onset, chord->length);
      }
    }
  }
  notes.insert(notes.end(), own.begin(), own.end());
}

nlohmann::json described(const Score& score) {
  std::vector<Sounding> notes;
  bool repeats = false;
  for (const auto& part : score.tunes.front().parts) {
    add(notes, part);
    repeats = repeats || !part.endings.empty();
    for (const auto& measure : part.measures) {
      repeats = repeats || measure.left == Barline::repeat_start || measure.right == Barline::repeat_end;
    }
  }
  nlohmann::json answer = {{"repeats", repeats}, {"notes", nlohmann::json::array()}};
  for (const auto& note : notes) answer["notes"].push_back({note.onset.text(), note.pitch});
  return answer;
}

nlohmann::json judged(const std::string& text) {
  try {
    return described(read_abc(text, Reading::strict));
  } catch (const AbcError& error) {
    return {{"line", error.line()}, {"column", error.column()}, {"error", error.cause()}};
  }
}

}  // namespace

int main() {
  std::size_t size = 0;
  while (std::cin >> size) {
    std::cin.get();
    std::string text(size, '\0');
    std::cin.read(text.data(), static_cast<std::streamsize>(size));
    // A cause may quote bytes that are no UTF-8.
    std::cout << judged(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
  }
}
