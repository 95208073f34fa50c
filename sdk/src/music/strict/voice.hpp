// A voice of a tune as the strict reading fills it, sign by sign.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "fields.hpp"
#include "scanner.hpp"

namespace etude::music::strict {

/// How far an accidental reaches within its bar (I:propagate-accidentals): not at all, to the notes of its octave, to all
/// octaves.
enum class Propagation { none, octave, pitch };

/// The note, chord or rest that an element is; it must be one.
Event& event_of(Element& element);

/// What a voice begins with, and what fields of the body change.
struct VoiceSettings {
  MeterPointer meter;  ///< null: free meter
  Fraction unit{1, 2};
  std::array<int, 7> alterations{};
  Key key;
  VoiceProperties properties;
  Propagation propagation = Propagation::pitch;
};

/// Builds a Part. Rejects what no note, bar or sign around it makes sense of.
class VoiceBuilder {
 public:
  VoiceBuilder(std::string name, const VoiceSettings& settings);

  void set_meter(MeterPointer meter);
  void set_unit_length(const Fraction& unit) { settings_.unit = unit; }
  void set_key(const KeyValue& key);
  void set_properties(const VoiceProperties& properties);
  void set_propagation(Propagation propagation) { settings_.propagation = propagation; }
  void add_tempo(Tempo tempo);
  const Fraction& unit_length() const { return settings_.unit; }

  void add_note(const Token& note, bool grace);
  void add_rest(const Token& rest);
  void add_measure_rest(const Token& rest);
  /// A chord of at least one note; `outer` is the length behind its bracket; `tied`: notes with a tie of their own.
  void add_chord(const std::vector<Token>& notes, const std::vector<bool>& tied, const Fraction& outer, bool grace);
  void add_words(const Token& words);
  void add_decoration(const Token& decoration);
  void begin_tuplet(const Token& tuplet);
  void begin_slur(const Token& slur);
  void end_slur(const Token& slur);
  void tie(const Token& tie);
  void break_rhythm(const Token& broken);
  void draw_bar(const Token& bar);
  void begin_ending(const Token& ending);
  void lay_over(const Token& overlay);

  bool empty() const { return part_.measures.empty() && !has_events_; }
  /// The voice, when its tune has ended.
  Part finish();

 private:
  struct OpenTuplet {
    Place place;
    Tuplet ratio;
    std::int64_t left = 0;
  };
  struct OpenTie {
    Place place;
    std::vector<Pitch> written;
    std::vector<bool> of;  ///< which of the pitches are tied
    std::size_t measure = 0, element = 0;
    bool may_dangle = false;  ///< a repeat or an ending stands behind it, and its other end elsewhere
  };
  struct OpenSpan {
    Place place;
    std::size_t first = 0;
  };
  struct Accidental {
    std::uint64_t bar = 0;  ///< of which bar it is
    int alteration = 0;
  };
  static constexpr std::size_t octaves = 12;

  Pitch written_pitch(const Token& note, bool grace);
  Pitch sounding_pitch(const Pitch& written, const Place& place) const;
  Accidental& accidental(const Pitch& pitch);
  void add_event(Item item, const std::vector<Pitch>& written, bool grace);
  void take_signs(Event& event);
  Fraction take_length(const Fraction& length, bool grace, Event& event);
  void connect_tie(Element& here, const std::vector<Pitch>& written);
  std::vector<Element>& elements_of(std::size_t measure);
  void expect_note_for_rhythm() const;
  void close_measure(Barline right);
  void close_ending();
  void number_measures();
  void open_span(const Token& sign, Span::Kind kind);
  void close_span(Span::Kind kind);

  VoiceSettings settings_;
  Part part_;
  Measure measure_;
  bool has_events_ = false;  ///< the measure holds a note, chord or rest
  bool rests_whole_bars_ = false;
  Fraction at_;  ///< where in the measure the next event begins
  int layer_ = 0;
  std::size_t events_ = 0;                 ///< in the part so far
  std::optional<std::size_t> last_event_;  ///< in the measure, if it can still be lengthened by broken rhythm
  std::array<Accidental, 7 * octaves> accidentals_{};
  std::uint64_t bar_ = 1;
  std::optional<OpenTuplet> tuplet_;
  std::optional<OpenTie> tie_;
  std::optional<Place> broken_;
  Fraction broken_factor_{1};
  std::vector<OpenSpan> slurs_;
  std::optional<OpenSpan> hairpins_[2];
  std::vector<std::string> decorations_;
  std::optional<std::size_t> ending_;
  std::optional<std::size_t> last_tieable_;  ///< the element that a tie sign would tie, in the measure
  std::vector<Pitch> last_written_;
  Meter in_force_;
};

}  // namespace etude::music::strict
