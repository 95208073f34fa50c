// Scores as no reader makes them, but a plugin could: the writer refuses them or writes a file that can be read.
#include <fuzzer/FuzzedDataProvider.h>

#include "promises.hpp"

namespace {

using namespace etude::music;

class ScoreMaker {
 public:
  ScoreMaker(const unsigned char* data, std::size_t size) : bytes_(data, size) {}

  Score score() {
    Score score;
    score.collection = bytes_.ConsumeBool();
    score.tunes.resize(count(2));
    for (Tune& tune : score.tunes) {
      tune.parts.resize(count(3));
      for (Part& part : tune.parts) fill(part);
    }
    return score;
  }

 private:
  std::size_t count(std::size_t most) { return bytes_.ConsumeIntegralInRange<std::size_t>(0, most); }

  /// Mostly what music has, sometimes anything.
  std::int64_t number(std::int64_t low, std::int64_t high) {
    return bytes_.ConsumeIntegralInRange(0, 15) ? bytes_.ConsumeIntegralInRange(low, high)
                                                : bytes_.ConsumeIntegral<std::int64_t>();
  }
  int small_number(int low, int high) {
    return bytes_.ConsumeIntegralInRange(0, 15) ? bytes_.ConsumeIntegralInRange(low, high) : bytes_.ConsumeIntegral<int>();
  }
  Fraction fraction() { return Fraction(number(0, 64), number(1, 16)); }
  Pitch pitch() { return {bytes_.ConsumeBool() ? 'G' : bytes_.ConsumeIntegral<char>(), small_number(0, 8), small_number(-2, 2)}; }
  template <class Choice>
  Choice choice(int last) {
    return static_cast<Choice>(bytes_.ConsumeIntegralInRange(0, last));
  }

  void fill(Event& event) {
    event.length = fraction();
    event.tie = choice<Tie>(3);
    event.grace = bytes_.ConsumeIntegralInRange(0, 7) == 0;
    event.articulations.add(choice<Articulation>(5));
  }

  MeterPointer meter() {
    if (!meters_.empty() && bytes_.ConsumeBool()) return meters_.back();
    meters_.push_back(std::make_shared<const Meter>(Meter{number(1, 12), number(1, 16)}));
    return meters_.back();
  }

  Tempo tempo() {
    Tempo tempo;
    if (bytes_.ConsumeBool()) tempo.number = bytes_.ConsumeFloatingPoint<double>();
    if (bytes_.ConsumeBool()) tempo.beat = bytes_.ConsumeFloatingPoint<double>();
    return tempo;
  }

  std::vector<Pitch> pitches() {
    std::vector<Pitch> all(count(4));
    for (Pitch& one : all) one = pitch();
    return all;
  }

  Item item() {
    switch (bytes_.ConsumeIntegralInRange(0, 8)) {
      case 0:
        return tempo();
      case 1:
        return meter();
      case 2:
        return Key{small_number(-7, 7), "minor"};
      case 3:
        return choice<Clef>(2);
      case 4:
        return ChordSymbol{"Am", pitches()};
      case 5: {
        Rest rest;
        fill(rest);
        return rest;
      }
      case 6: {
        Chord chord;
        fill(chord);
        chord.pitches = pitches();
        return chord;
      }
      default: {
        Note note;
        fill(note);
        note.pitch = pitch();
        return note;
      }
    }
  }

  std::vector<Element> elements(std::size_t most) {
    std::vector<Element> all;
    for (std::size_t left = count(most); left > 0; --left) all.push_back({fraction(), item(), static_cast<int>(count(2))});
    return all;
  }

  void fill(Part& part) {
    part.endings.resize(count(3));
    for (Ending& ending : part.endings) ending.number = small_number(1, 3);
    part.measures.resize(count(12));
    for (Measure& measure : part.measures) {
      measure.number = small_number(0, 12);
      measure.offset = fraction();
      measure.missing_before = fraction();
      measure.left = choice<Barline>(6);
      measure.right = choice<Barline>(6);
      if (bytes_.ConsumeIntegralInRange(0, 3) == 0) measure.meter = meter();
      measure.unmeasured = bytes_.ConsumeIntegralInRange(0, 7) == 0;
      measure.open = bytes_.ConsumeIntegralInRange(0, 7) == 0;
      measure.bars = number(1, 4);
      if (bytes_.ConsumeIntegralInRange(0, 3) == 0) measure.ending = count(4);
      measure.elements = elements(6);
    }
    part.loose = elements(4);
  }

  FuzzedDataProvider bytes_;
  std::vector<MeterPointer> meters_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const Score score = ScoreMaker(data, size).score();
  look_over(score);
  std::string midi;
  try {
    midi = write_midi(score);
  } catch (const MidiExportError&) {
    return 0;
  }
  require_readable(midi);
  return 0;
}
