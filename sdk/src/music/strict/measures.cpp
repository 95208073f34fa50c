// How a voice falls into measures, endings and layers.
#include <algorithm>
#include <etude/error.hpp>

#include "voice.hpp"

namespace etude::music::strict {

void VoiceBuilder::expect_note_for_rhythm() const {
  if (broken_) reject(*broken_, "broken rhythm stands between two notes");
}

void VoiceBuilder::close_ending() {
  if (measure_.ending) return;  // it has only just begun
  if (ending_) part_.measures.back().ending = ending_;
  ending_.reset();
}

void VoiceBuilder::close_measure(Barline right) {
  measure_.right = right;
  part_.measures.push_back(std::move(measure_));
  measure_ = Measure{};
  measure_.unmeasured = !settings_.meter;
  if (settings_.meter) in_force_ = *settings_.meter;
  has_events_ = rests_whole_bars_ = false;
  at_ = 0;
  layer_ = 0;
  ++bar_;
  last_event_.reset();
  last_tieable_.reset();
}

void VoiceBuilder::draw_bar(const Token& bar) {
  expect_note_for_rhythm();
  const Barline line = bar.ends_repeat ? Barline::repeat_end : bar.line;
  const bool divides = line != Barline::none && line != Barline::dotted;
  if (has_events_) {
    close_measure(line);
  } else if (part_.measures.empty()) {
    if (divides && !bar.ends_repeat) measure_.left = line;
  } else if (divides) {
    auto& right = part_.measures.back().right;
    if (right != Barline::repeat_end) right = line;
  }
  if (divides || bar.begins_repeat) close_ending();
  if (bar.begins_repeat) measure_.left = Barline::repeat_start;
  if (tie_ && bar.ends_repeat) tie_->may_dangle = true;
}

void VoiceBuilder::begin_ending(const Token& token) {
  expect_note_for_rhythm();
  if (has_events_) close_measure(Barline::none);
  if (tie_) tie_->may_dangle = true;
  if (!measure_.ending) {
    close_ending();
    part_.endings.emplace_back();
    ending_ = part_.endings.size() - 1;
    measure_.ending = ending_;
  }
  part_.endings.back().number = first_number(token.text);
}

void VoiceBuilder::lay_over(const Token& overlay) {
  expect_note_for_rhythm();
  if (tuplet_) reject(overlay.place, "a layer ends within a tuplet");
  ++layer_;
  at_ = 0;
  last_event_.reset();
  last_tieable_.reset();
}

/// An upbeat counts as bar 0, and a multi-measure rest as many bars.
void VoiceBuilder::number_measures() {
  Fraction offset;
  int number = 1;
  Meter meter;
  for (auto& measure : part_.measures) {
    if (measure.meter) meter = *measure.meter;
    const Fraction length = measure.length();
    if (&measure == &part_.measures.front() && !measure.unmeasured && length < meter.bar()) {
      measure.missing_before = meter.bar() - length;
      number = 0;
    }
    measure.number = number;
    measure.offset = offset;
    offset += length;
    number = static_cast<int>(std::min<std::int64_t>(number + measure.bars, 1'000'000'000));
  }
}

Part VoiceBuilder::finish() {
  expect_note_for_rhythm();
  if (tuplet_) reject(tuplet_->place, text("a tuplet lacks ", tuplet_->left, tuplet_->left == 1 ? " note" : " notes"));
  if (!slurs_.empty()) reject(slurs_.back().place, "a slur is never closed");
  if (has_events_) {
    close_measure(Barline::none);
    part_.measures.back().open = true;
  } else if (measure_.ending) {
    part_.endings.pop_back();
    measure_.ending.reset();
    ending_.reset();
  }
  close_ending();
  number_measures();
  std::sort(part_.spans.begin(), part_.spans.end(), [](const Span& a, const Span& b) { return a.first < b.first; });
  return std::move(part_);
}

}  // namespace etude::music::strict
