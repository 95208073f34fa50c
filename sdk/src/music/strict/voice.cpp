#include "voice.hpp"

#include <algorithm>
#include <cstdlib>

namespace etude::music::strict {
namespace {

std::optional<Articulation> articulation_of(const std::string& decoration) {
  if (decoration == "staccato") return Articulation::staccato;
  if (decoration == "upbow") return Articulation::up_bow;
  if (decoration == "downbow") return Articulation::down_bow;
  if (decoration == "accent" || decoration == ">" || decoration == "emphasis") return Articulation::accent;
  if (decoration == "^" || decoration == "marcato") return Articulation::strong_accent;
  if (decoration == "tenuto") return Articulation::tenuto;
  return std::nullopt;
}

/// Notes in the time of which p notes of a tuplet are played, where it does not say.
std::int64_t usual_time(std::int64_t p, const Meter* meter) {
  switch (p) {
    case 2:
    case 4:
    case 8:
      return 3;
    case 3:
    case 6:
      return 2;
    default:
      return meter && meter->beats % 3 == 0 && meter->beats > 3 ? 3 : 2;
  }
}

}  // namespace

Event& event_of(Element& element) {
  if (auto* note = std::get_if<Note>(&element.item)) return *note;
  if (auto* chord = std::get_if<Chord>(&element.item)) return *chord;
  return std::get<Rest>(element.item);
}

VoiceBuilder::VoiceBuilder(std::string name, const VoiceSettings& settings) : settings_(settings) {
  part_.name = std::move(name);
  measure_.meter = settings.meter;
  measure_.unmeasured = !settings.meter;
  if (settings.meter) in_force_ = *settings.meter;
  measure_.key = settings.key;
  measure_.clef = settings.properties.clef;
}

void VoiceBuilder::set_meter(MeterPointer meter) {
  const bool same = meter && settings_.meter && *meter == *settings_.meter;
  settings_.meter = meter;
  if (same) return;
  if (has_events_) {
    if (meter) measure_.elements.push_back({at_, meter, layer_});
    return;
  }
  measure_.meter = meter;
  measure_.unmeasured = !meter;
  if (meter) in_force_ = *meter;
}

void VoiceBuilder::set_key(const KeyValue& key) {
  set_properties(key.properties);
  if (!key.given) return;
  settings_.alterations = key.alterations;
  settings_.key = key.key;
  if (has_events_) {
    measure_.elements.push_back({at_, key.key, layer_});
  } else {
    measure_.key = key.key;
  }
}

void VoiceBuilder::set_properties(const VoiceProperties& properties) {
  if (properties.octaves) settings_.properties.octaves = properties.octaves;
  if (properties.semitones) settings_.properties.semitones = properties.semitones;
  if (properties.clef_octaves) settings_.properties.clef_octaves = properties.clef_octaves;
  if (!properties.clef) return;
  settings_.properties.clef = properties.clef;
  if (has_events_) {
    measure_.elements.push_back({at_, *properties.clef, layer_});
  } else {
    measure_.clef = properties.clef;
  }
}

void VoiceBuilder::add_tempo(Tempo tempo) { measure_.elements.push_back({at_, std::move(tempo), layer_}); }

Fraction VoiceBuilder::take_length(const Fraction& length, bool grace, Event& event) {
  event.grace = grace;
  if (grace) return 0;
  Fraction quarters = settings_.unit * length;
  if (tuplet_) {
    event.tuplet = tuplet_->ratio;
    quarters = quarters * Fraction(tuplet_->ratio.normal, tuplet_->ratio.actual);
    if (--tuplet_->left == 0) tuplet_.reset();
  }
  if (broken_) {
    quarters = quarters * broken_factor_;
    broken_.reset();
  }
  return quarters;
}

void VoiceBuilder::take_signs(Event& event) {
  for (auto& decoration : decorations_) {
    if (const auto articulation = articulation_of(decoration)) {
      event.articulations.add(*articulation);
    } else {
      event.decorations.push_back(std::move(decoration));
    }
  }
  decorations_.clear();
}

void VoiceBuilder::add_event(Item item, const std::vector<Pitch>& written, bool grace) {
  Element element{at_, std::move(item), layer_};
  auto& event = event_of(element);
  take_signs(event);
  has_events_ = true;
  ++events_;
  if (!grace) {
    connect_tie(element, written);
    at_ += event.length;
    last_event_ = measure_.elements.size();
  }
  last_tieable_.reset();
  if (!written.empty()) last_tieable_ = measure_.elements.size();
  last_written_ = written;
  measure_.elements.push_back(std::move(element));
}

void VoiceBuilder::add_note(const Token& token, bool grace) {
  Note note;
  const Pitch written = written_pitch(token, grace);
  note.pitch = sounding_pitch(written, token.place);
  note.length = take_length(token.length, grace, note);
  add_event(std::move(note), {written}, grace);
}

void VoiceBuilder::add_rest(const Token& token) {
  Rest rest;
  rest.length = take_length(token.length, false, rest);
  add_event(std::move(rest), {}, false);
}

void VoiceBuilder::add_measure_rest(const Token& token) {
  if (has_events_ && rests_whole_bars_) close_measure(Barline::none);
  if (has_events_) reject(token.place, "a rest of whole bars among notes");
  if (tuplet_ || broken_) reject(token.place, "a rest of whole bars in a tuplet or broken rhythm");
  if (measure_.unmeasured) reject(token.place, "a rest of whole bars in free meter");
  Rest rest;
  rest.length = in_force_.bar() * Fraction(token.count);
  measure_.bars = token.count;
  rests_whole_bars_ = true;
  add_event(std::move(rest), {}, false);
  last_event_.reset();
}

void VoiceBuilder::add_chord(const std::vector<Token>& notes, const std::vector<bool>& tied, const Fraction& outer, bool grace) {
  Chord chord;
  std::vector<Pitch> written;
  for (const auto& note : notes) {
    written.push_back(written_pitch(note, grace));
    chord.pitches.push_back(sounding_pitch(written.back(), note.place));
  }
  chord.length = take_length(notes.front().length * outer, grace, chord);
  add_event(std::move(chord), written, grace);
  if (grace || std::find(tied.begin(), tied.end(), true) == tied.end()) return;
  tie_ = OpenTie{notes.front().place, written, tied, part_.measures.size(), *last_tieable_};
}

void VoiceBuilder::add_words(const Token& words) {
  ChordSymbol symbol;
  symbol.text = words.text;
  measure_.elements.push_back({at_, std::move(symbol), layer_});
}

void VoiceBuilder::open_span(const Token& sign, Span::Kind kind) {
  auto& open = hairpins_[kind == Span::Kind::crescendo ? 0 : 1];
  if (!open) open = OpenSpan{sign.place, events_};
}

void VoiceBuilder::close_span(Span::Kind kind) {
  auto& open = hairpins_[kind == Span::Kind::crescendo ? 0 : 1];
  if (open && events_ > open->first) part_.spans.push_back({kind, open->first, events_});
  open.reset();
}

void VoiceBuilder::add_decoration(const Token& token) {
  const auto& name = token.decoration;
  if (name.empty()) return;
  if (name == "<(" || name == "crescendo(") return open_span(token, Span::Kind::crescendo);
  if (name == ">(" || name == "diminuendo(") return open_span(token, Span::Kind::diminuendo);
  if (name == "<)" || name == "crescendo)") return close_span(Span::Kind::crescendo);
  if (name == ">)" || name == "diminuendo)") return close_span(Span::Kind::diminuendo);
  decorations_.push_back(name);
}

void VoiceBuilder::begin_tuplet(const Token& token) {
  if (tuplet_) reject(token.place, "a tuplet within a tuplet");
  const auto p = token.count;
  const auto q = token.normal == 0 ? usual_time(p, settings_.meter.get()) : token.normal;
  tuplet_ = OpenTuplet{token.place, {p, q}, token.reach == 0 ? p : token.reach};
}

void VoiceBuilder::begin_slur(const Token& slur) { slurs_.push_back({slur.place, events_}); }

void VoiceBuilder::end_slur(const Token& slur) {
  if (slurs_.empty()) reject(slur.place, "a slur ends that never began");
  if (slurs_.back().first == events_) reject(slur.place, "a slur over no notes");
  part_.spans.push_back({Span::Kind::slur, slurs_.back().first, events_});
  slurs_.pop_back();
}

void VoiceBuilder::break_rhythm(const Token& token) {
  if (!last_event_ || broken_) reject(token.place, "broken rhythm stands between two notes");
  const auto dots = std::abs(token.count);
  const Fraction shorter(1, std::int64_t{1} << dots);
  const Fraction longer = Fraction(2) - shorter;
  broken_ = token.place;
  broken_factor_ = token.count > 0 ? shorter : longer;
  auto& element = measure_.elements[*last_event_];
  auto& event = event_of(element);
  event.length = event.length * (token.count > 0 ? longer : shorter);
  at_ = element.offset + event.length;
  for (auto i = *last_event_ + 1; i < measure_.elements.size(); ++i) measure_.elements[i].offset = at_;
  last_event_.reset();
}

}  // namespace etude::music::strict
