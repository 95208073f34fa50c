#include "abc_validity.hpp"

#include <set>

#include "copying.hpp"
#include "music_sample.hpp"

namespace metric_music {
namespace {

using etude::text;
using namespace etude::music;

constexpr std::size_t enough_notes = 8;

/// The score, or why there is none.
struct ReadTune {
  std::optional<Score> score;
  std::string error;
};

ReadTune read(std::string_view tune, Reading reading) {
  try {
    return {read_abc(tune, reading), {}};
  } catch (const etude::Error& error) {
    return {std::nullopt, reason_of(error.message())};
  }
}

/// How far each tune came, counted.
class Ladder {
 public:
  explicit Ladder(Reading reading) : reading_(reading) {}

  /// Judges a tune; returns the verdict.
  std::string climb(const CutTune& tune) {
    ++tunes_;
    const ReadTune parsed = read(tune.text, reading_);
    std::string flaws;
    const auto flaw = [&flaws](const std::string& what) { flaws += (flaws.empty() ? ": " : "; ") + what; };
    if (parsed.score) look_at_music(*parsed.score, flaw);
    if (reading_ == Reading::strict)
      look_at_form(parsed, tune.extent, flaw);
    else
      look_at_form(read(tune.text, Reading::strict), tune.extent, flaw);
    return parsed.score ? "valid" + flaws : "invalid: " + parsed.error;
  }

  /// @param samples  how many texts there were, with a tune or without
  void report(etude::MetricResult& result, std::int64_t samples) const {
    const auto share = [&](std::int64_t count) { return etude::share_of(count, samples); };
    result.scalars["abc_validity"] = share(valid_);
    result.scalars["has_tune"] = share(tunes_);
    result.scalars["strict_abc"] = share(strict_);
    result.scalars["full_bars"] = share(full_bars_);
    result.scalars["equal_voices"] = share(equal_voices_);
    result.scalars["eight_notes"] = share(eight_notes_);
    if (valid_ > 0) result.scalars["voices"] = mean(voices_);
    if (valid_ > 0) result.scalars["notes"] = mean(notes_);
  }

 private:
  template <class Tell>
  void look_at_music(const Score& score, const Tell& flaw) {
    ++valid_;
    const std::size_t notes = count_notes(score);
    if (notes >= enough_notes)
      ++eight_notes_;
    else
      flaw(text("only ", notes, notes == 1 ? " note" : " notes"));
    notes_ += static_cast<double>(notes);
    voices_ += static_cast<double>(count_voices(score));
  }

  template <class Tell>
  void look_at_form(const ReadTune& strict, Extent extent, const Tell& flaw) {
    if (!strict.score) return flaw("not strict, " + strict.error);
    ++strict_;
    const auto bars = unfilled_bars(*strict.score, extent);
    const auto voices = unequal_voices(*strict.score, extent);
    if (bars.empty()) ++full_bars_;
    if (voices.empty()) ++equal_voices_;
    if (!bars.empty()) flaw(bars.front().text);
    if (!voices.empty()) flaw(voices.front().text);
  }

  etude::Scalar mean(double sum) const {
    etude::Scalar scalar;
    scalar.value = sum / static_cast<double>(valid_);
    scalar.lower_is_better = false;
    return scalar;
  }

  Reading reading_;
  std::int64_t tunes_ = 0, valid_ = 0, strict_ = 0, full_bars_ = 0, equal_voices_ = 0, eight_notes_ = 0;
  double voices_ = 0, notes_ = 0;
};

etude::Scalar distinct_share(const std::vector<CutTune>& tunes) {
  std::set<std::string_view> different;
  for (const CutTune& tune : tunes) different.insert(tune.text);
  etude::Scalar scalar;
  scalar.value = static_cast<double>(different.size()) / static_cast<double>(tunes.size());
  scalar.lower_is_better = false;
  scalar.is_share = true;
  return scalar;
}

}  // namespace

etude::MetricResult AbcValidity::evaluate(etude::MetricView& view) {
  Ladder ladder(options_.abc());
  auto [tunes, result] = judge_tunes(view, options_.request(), ".abc", [&](const CutTune& tune) -> Judgement {
    const auto verdict = ladder.climb(tune);
    return {verdict, verdict.starts_with("valid") ? "valid" : verdict, std::string(tune.text)};
  });
  ladder.report(result, std::ssize(tunes));
  result.scalars["distinct"] = distinct_share(tunes);
  const Copying copying = measure_copying(view, tunes);
  if (copying.samples) result.scalars["copied"] = *copying.samples;
  if (copying.test) result.scalars["copied_test"] = *copying.test;
  return std::move(result);
}

}  // namespace metric_music
