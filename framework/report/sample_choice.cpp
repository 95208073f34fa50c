#include <algorithm>
#include <cmath>
#include <generate/tunes.hpp>
#include <limits>
#include <map>
#include <report/sample_choice.hpp>

namespace etude {
namespace {

constexpr const char* training_source = "training";
constexpr int least_a_run = 2;             // one that exports, one that does not
constexpr std::size_t judged_a_run = 100;  // a run may have drawn thousands

bool has_tune(const std::string& text) { return text.starts_with("X:") || text.find("\nX:") != text.npos; }

/// Several metrics judge the same texts: one entry a text, with the verdicts of all. The n-th text of one metric is the n-th of
/// another where the two are equal.
std::vector<ShownSample> samples_of_metrics(const RunData& data) {
  std::vector<ShownSample> samples;
  std::map<std::string, std::size_t> seen;  // by source
  for (const auto& sample : data.samples) {
    if (sample.source == training_source) continue;
    const std::size_t number = ++seen[sample.source];
    auto known = std::find_if(samples.begin(), samples.end(),
                              [&](const ShownSample& one) { return one.number == number && one.sample->text == sample.text; });
    if (known == samples.end()) known = samples.insert(samples.end(), {number, sample.step, &sample});
    known->verdicts.emplace_back(sample.source, sample.verdict);
  }
  return samples;
}

std::vector<ShownSample> samples_of_training(const RunData& data) {
  std::vector<ShownSample> samples;
  for (const auto& sample : data.samples)
    if (sample.source == training_source) samples.push_back({samples.size() + 1, sample.step, &sample});
  std::reverse(samples.begin(), samples.end());
  return samples;
}

void judge(std::vector<ShownSample>& samples) {
  for (auto& one : samples) {
    one.is_music = has_tune(one.sample->text);
    if (one.is_music) one.judgement = music::judge_abc(first_tune(one.sample->text), music::Reading::music21);
  }
}

std::size_t count_exported(const std::vector<ShownSample>& samples) {
  return static_cast<std::size_t>(
      std::count_if(samples.begin(), samples.end(), [](const auto& one) { return one.judgement.exports(); }));
}

/// Removes what is not shown.
void keep(std::vector<ShownSample>& samples, std::size_t count) {
  const std::size_t exported = count_exported(samples);
  const std::size_t others = samples.size() - exported;
  std::size_t good = std::min(exported, std::max((count + 1) / 2, count - std::min(count, others)));
  std::size_t bad = std::min(others, count - good);
  std::erase_if(samples, [&](const ShownSample& one) {
    std::size_t& left = one.judgement.exports() ? good : bad;
    if (left == 0) return true;
    --left;
    return false;
  });
}

ShownSamples shown_samples(const ReportRun& run, int count) {
  ShownSamples shown{&run, samples_of_metrics(run.data)};
  if (shown.samples.empty()) {
    shown.samples = samples_of_training(run.data);
    shown.while_training = true;
  }
  shown.drawn = shown.samples.size();
  shown.samples.resize(std::min(shown.drawn, judged_a_run));
  judge(shown.samples);
  if (std::any_of(shown.samples.begin(), shown.samples.end(), [](const auto& one) { return one.is_music; }))
    shown.judged = shown.samples.size();
  shown.exported = count_exported(shown.samples);
  keep(shown.samples, static_cast<std::size_t>(count));
  return shown;
}

/// Comparable whatever the tokenizers.
double validation_of(const ReportRun& run) {
  if (run.data.validation.empty()) return std::numeric_limits<double>::infinity();
  const auto& last = run.data.validation.back();
  const double value = std::isfinite(last.bits_per_character) ? last.bits_per_character : last.loss;
  return std::isfinite(value) ? value : std::numeric_limits<double>::infinity();
}

/// At most `count` of them, in the order in which they were.
std::vector<const ReportRun*> best_runs(std::vector<const ReportRun*> runs, std::size_t count) {
  if (runs.size() <= count) return runs;
  auto order = runs;
  std::stable_sort(order.begin(), order.end(),
                   [](const ReportRun* a, const ReportRun* b) { return validation_of(*a) < validation_of(*b); });
  order.resize(count);
  std::erase_if(runs, [&](const ReportRun* run) { return std::find(order.begin(), order.end(), run) == order.end(); });
  return runs;
}

bool has_samples(const ReportRun& run) { return run.selected && !run.data.samples.empty(); }

}  // namespace

std::size_t count_with_samples(const std::vector<ReportRun>& runs) {
  return static_cast<std::size_t>(std::count_if(runs.begin(), runs.end(), has_samples));
}

std::vector<ShownSamples> choose_samples(const std::vector<ReportRun>& runs, int a_run, int a_page) {
  std::vector<ShownSamples> chosen;
  if (a_run <= 0) return chosen;
  std::vector<const ReportRun*> with_samples;
  for (const auto& run : runs)
    if (has_samples(run)) with_samples.push_back(&run);
  if (with_samples.empty()) return chosen;
  const int least = std::min(least_a_run, a_run);
  const auto shown = best_runs(with_samples, static_cast<std::size_t>(std::max(a_page / least, 1)));
  const int count = std::clamp(a_page / static_cast<int>(shown.size()), least, a_run);
  for (const ReportRun* run : shown) chosen.push_back(shown_samples(*run, count));
  return chosen;
}

const ReportRun* lowest_validation(const std::vector<ShownSamples>& runs) {
  const auto best = std::min_element(runs.begin(), runs.end(), [](const ShownSamples& a, const ShownSamples& b) {
    return validation_of(*a.run) < validation_of(*b.run);
  });
  return best == runs.end() ? nullptr : best->run;
}

}  // namespace etude
