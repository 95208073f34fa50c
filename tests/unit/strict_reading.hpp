// The strict reading of tunes as short texts, for tests.
#pragma once

#include <etude/music/abc.hpp>
#include <string>

#include "catch.hpp"

namespace etude::music {

inline Score read(const std::string& abc) { return read_abc(abc, Reading::strict); }

/// A tune in 4/4 and eighths with this music.
inline std::string tune(const std::string& music) { return "X:1\nT:A tune\nM:4/4\nL:1/8\nK:C\n" + music + "\n"; }

inline Tune only_tune(const std::string& abc) {
  auto score = read(abc);
  REQUIRE(score.tunes.size() == 1);
  return score.tunes[0];
}

inline std::string shown(const Pitch& pitch) {
  const std::string signs = pitch.alteration > 0 ? std::string(static_cast<std::size_t>(pitch.alteration), '#')
                                                 : std::string(static_cast<std::size_t>(-pitch.alteration), 'b');
  return pitch.step + signs + std::to_string(pitch.octave);
}

inline std::string shown(Tie tie) { return tie == Tie::none ? "" : tie == Tie::start ? "-" : tie == Tie::both ? "~" : "."; }

/// "C4 1/2" is half a quarter note; a grace note has no length; ties: - begins, ~ goes on, . ends.
inline std::string shown(const Element& element) {
  if (const auto* note = std::get_if<Note>(&element.item)) {
    return shown(note->pitch) + shown(note->tie) + (note->grace ? " grace" : " " + note->length.text());
  }
  if (const auto* chord = std::get_if<Chord>(&element.item)) {
    std::string all;
    for (std::size_t i = 0; i < chord->pitches.size(); ++i) {
      all += (i ? "+" : "") + shown(chord->pitches[i]) + (chord->ties.empty() ? "" : shown(chord->ties[i]));
    }
    return all + shown(chord->tie) + " " + chord->length.text();
  }
  if (const auto* rest = std::get_if<Rest>(&element.item)) return "z " + rest->length.text();
  return {};
}

/// Notes, chords and rests of a voice, its measures divided by bars.
inline std::string shown(const Part& part) {
  std::string all;
  for (const auto& measure : part.measures) {
    if (!all.empty()) all += " | ";
    std::string inside;
    for (const auto& element : measure.elements) {
      const auto one = shown(element);
      if (!one.empty()) inside += (inside.empty() ? "" : ", ") + one;
    }
    all += inside;
  }
  return all;
}

/// The music of the first voice.
inline std::string played(const std::string& line) {
  const auto made = only_tune(tune(line));
  return made.parts.empty() ? "" : shown(made.parts[0]);
}

inline Part part(const std::string& line) { return only_tune(tune(line)).parts.at(0); }

struct Fault {
  std::string cause;
  std::int64_t line = 0, column = 0;
};

inline Fault fault(const std::string& abc) {
  try {
    read(abc);
  } catch (const AbcError& error) {
    return {error.cause(), error.line(), error.column()};
  }
  return {"accepted", 0, 0};
}

/// Whether a line of music is rejected at that column for a cause that contains these words.
inline bool rejected(const std::string& line, std::int64_t column, const std::string& words) {
  const auto found = fault(tune(line));
  INFO(line << " -> " << found.line << ":" << found.column << ": " << found.cause);
  CHECK(found.line == 6);
  CHECK(found.column == column);
  CHECK(found.cause.find(words) != std::string::npos);
  return found.line == 6 && found.column == column && found.cause.find(words) != std::string::npos;
}

}  // namespace etude::music
