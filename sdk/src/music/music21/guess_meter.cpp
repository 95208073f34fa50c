#include "guess_meter.hpp"

#include <array>
#include <cmath>
#include <numeric>

namespace etude::music {

namespace {

constexpr double shortest_beat = 4.0 / 128;

/// How long a note is without its dots: 1.5 is 1 with one dot. Other lengths are counted by their largest plain part.
int dots_of(double length) {
  for (int dots = 0; dots <= 4; ++dots) {
    const double plain = length / (2 - std::ldexp(1.0, -dots));
    int exponent = 0;
    if (std::frexp(plain, &exponent) == 0.5) return dots;
  }
  return 0;
}

double dot_factor(int dots) { return 2 - std::ldexp(1.0, -dots); }

bool power_of_two(double value) {
  int exponent = 0;
  return std::frexp(value, &exponent) == 0.5;
}

bool whole(double value) { return value == std::floor(value); }

struct Shortest {
  double length = 4;
  int dots = 0;
};

/// What an element would last outside its tuplet.
double written_length(const Element& element) {
  const Fraction length = length_of(element);
  return std::visit(
      [&](const auto& item) {
        if constexpr (requires { item.tuplet; }) {
          if (item.tuplet) return (length * Fraction(item.tuplet->actual, item.tuplet->normal)).value();
        }
        return length.value();
      },
      element.item);
}

/// The shortest note, chord or rest of binary length, if below a whole note.
Shortest shortest_note(const Measure& measure) {
  Shortest shortest;
  for (const Element& element : measure.elements) {
    const Fraction length = length_of(element);
    if (length.zero() || !length.dyadic()) continue;
    const double value = length.value();
    if (value < shortest.length) shortest = {value, dots_of(written_length(element))};
  }
  return shortest;
}

/// Beats counted in the shortest note, divided until both it and the count are whole.
std::optional<Meter> count_in_shortest(double sum, const Shortest& shortest) {
  double beat = shortest.length;
  const double smaller = 2 * dot_factor(shortest.dots);
  int rounds = 10;
  for (; rounds > 0 && !whole(sum / beat) && beat > shortest_beat; --rounds) beat /= smaller;
  for (rounds = 10; rounds > 0; --rounds) {
    if (beat < shortest_beat) {
      beat = shortest_beat;
      break;
    }
    if (power_of_two(beat) || beat < 2 * shortest_beat) break;
    beat /= smaller;
  }
  if (!power_of_two(beat)) return std::nullopt;
  double count = sum / beat;
  std::int64_t multiplier = 1;
  for (; rounds > 0; --rounds) {
    count = static_cast<double>(multiplier) * sum / beat;
    if (whole(count)) break;
    multiplier *= 2;
  }
  if (!(count < 0x1p62)) return std::nullopt;
  const auto beats = static_cast<std::int64_t>(count);
  // Notes longer than a whole note have units below 1, which music21 cuts to 0.
  const auto unit = static_cast<std::int64_t>(4 / beat * static_cast<double>(multiplier));
  const std::int64_t divisor = std::gcd(beats, unit);
  if (divisor == 0) return std::nullopt;
  return Meter{beats / divisor, unit / divisor};
}

/// Weights of the beats of a bar, twelve of them, each `beat` quarters long.
struct Accents {
  Meter meter;
  double beat;
  std::array<double, 12> weights;
};

const Accents three_quarters{{3, 4}, 0.25, {1, .125, .25, .125, .5, .125, .25, .125, .5, .125, .25, .125}};
const Accents six_eighths{{6, 8}, 0.25, {1, .125, .25, .125, .25, .125, .5, .125, .25, .125, .25, .125}};
const Accents six_quarters{{6, 4}, 0.5, {1, .125, .25, .125, .25, .125, .5, .125, .25, .125, .25, .125}};
const Accents twelve_eighths{{12, 8}, 0.5, {1, .125, .125, .25, .125, .125, .5, .125, .125, .25, .125, .125}};
const Accents three_halves{{3, 2}, 0.5, {1, .125, .25, .125, .5, .125, .25, .125, .5, .125, .25, .125}};

/// How strong the beats are on which notes and chord symbols begin, on the average.
double average_strength(const Measure& measure, const Accents& accents) {
  constexpr double between_beats = 0.125 * 0.5;
  double sum = 0;
  std::size_t count = 0;
  for (const Element& element : measure.elements) {
    const bool sounds = std::holds_alternative<Note>(element.item) || std::holds_alternative<Chord>(element.item) ||
                        std::holds_alternative<ChordSymbol>(element.item);
    if (!sounds) continue;
    ++count;
    const double position = std::fmod(element.offset.value(), 12 * accents.beat) / accents.beat;
    sum += whole(position) ? accents.weights[static_cast<std::size_t>(position)] : between_beats;
  }
  return count == 0 ? 0 : sum / static_cast<double>(count);
}

}  // namespace

bool can_be_a_meter(const Meter& meter) {
  if (meter.beats <= 0 || meter.unit <= 0) return false;
  const bool in_threes = meter.beats % 3 == 0 && meter.beats > 3;
  return meter.unit <= 128 || meter.beats == 1 || in_threes;
}

std::optional<Meter> guess_meter(const Measure& measure) {
  const Fraction sum = measure.length();
  std::optional<Meter> found;
  if (!sum.dyadic()) {
    found = Meter{sum.numerator(), sum.denominator()};
  } else {
    found = count_in_shortest(sum.value(), shortest_note(measure));
  }
  if (!found) return std::nullopt;
  auto& [beats, unit] = *found;
  if (beats == unit && beats != 2 && beats != 4) {
    beats = unit = 4;
  } else if (beats != unit && unit == 1) {
    beats *= 4, unit *= 4;
  } else if (beats != unit && unit == 2) {
    beats *= 2, unit *= 2;
  }
  if (!can_be_a_meter(*found)) return std::nullopt;

  if (*found == Meter{3, 4}) {
    return average_strength(measure, three_quarters) <= average_strength(measure, six_eighths) ? six_eighths.meter : *found;
  }
  if (*found == Meter{6, 4}) {
    const double quarters = average_strength(measure, six_quarters), eighths = average_strength(measure, twelve_eighths),
                 halves = average_strength(measure, three_halves);
    if (quarters >= eighths && quarters >= halves) return *found;
    return halves >= eighths ? three_halves.meter : twelve_eighths.meter;
  }
  return found;
}

}  // namespace etude::music
