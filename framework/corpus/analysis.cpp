#include <algorithm>
#include <base/interrupt.hpp>
#include <base/text.hpp>
#include <cmath>
#include <corpus/analysis.hpp>
#include <etude/parallel.hpp>
#include <etude/random.hpp>
#include <limits>

namespace etude {
namespace {

constexpr std::size_t documents_at_once = 64;  ///< of one piece of work
constexpr int bins_to_one = 100;
constexpr std::size_t songs_at_each_end = 5;
constexpr std::size_t name_bytes = 80;  ///< of an id that goes into a file's name

using Numbers = std::vector<std::int64_t>;

std::vector<SampledDocument> measure(const Documents& documents, const Numbers& numbers) {
  thread_local GzipMeter meter;
  std::vector<SampledDocument> measured;
  Document document;
  for (const std::int64_t number : numbers) {
    documents.read(static_cast<std::size_t>(number), document);
    measured.push_back({number, document.id, documents.characters(static_cast<std::size_t>(number)), meter.measure(document)});
  }
  return measured;
}

/// With a ratio, from the lowest up; those of equal ratio in the dataset's order.
std::vector<const SampledDocument*> by_ratio(const Analysis& analysis) {
  std::vector<const SampledDocument*> sorted;
  for (const auto& document : analysis.sample)
    if (document.size.raw_bytes > 0) sorted.push_back(&document);
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto* a, const auto* b) { return a->ratio() < b->ratio(); });
  return sorted;
}

}  // namespace

std::vector<std::int64_t> reservoir_sample(std::int64_t size, std::int64_t count, std::uint64_t seed) {
  Numbers chosen;
  for (std::int64_t number = 0; number < size; ++number) {
    if (number < count) {
      chosen.push_back(number);
      continue;
    }
    const auto place = random_below(random_bits(seed, Purpose::sampling, 0, number), static_cast<std::uint64_t>(number) + 1);
    if (place < chosen.size()) chosen[place] = number;
  }
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

Analysis analyze(const Documents& documents, std::int64_t count, double threshold, int threads,
                 const std::function<void(std::int64_t, std::int64_t)>& progress) {
  Analysis analysis;
  analysis.documents = static_cast<std::int64_t>(documents.size());
  analysis.asked = count;
  analysis.threshold = threshold;
  const Numbers chosen = reservoir_sample(analysis.documents, count, analysis_seed);
  std::size_t taken = 0;
  OrderedParallel<Numbers, std::vector<SampledDocument>> measuring(
      threads, 4 * static_cast<std::size_t>(std::max(threads, 1)),
      [&]() -> std::optional<Numbers> {
        if (taken == chosen.size()) return std::nullopt;
        const std::size_t end = std::min(chosen.size(), taken + documents_at_once);
        const auto first = chosen.begin() + static_cast<std::ptrdiff_t>(taken);
        taken = end;
        return Numbers(first, chosen.begin() + static_cast<std::ptrdiff_t>(end));
      },
      [&](Numbers& numbers, const std::stop_token&) { return measure(documents, numbers); });
  while (auto measured = measuring.next()) {
    if (interrupted()) throw Error("interrupted while documents were being analysed", {}, Fault::interrupted);
    std::move(measured->begin(), measured->end(), std::back_inserter(analysis.sample));
    progress(static_cast<std::int64_t>(analysis.sample.size()), static_cast<std::int64_t>(chosen.size()));
  }
  return analysis;
}

std::vector<double> Analysis::ratios() const {
  std::vector<double> sorted;
  for (const auto* document : by_ratio(*this)) sorted.push_back(document->ratio());
  return sorted;
}

std::vector<double> Analysis::lengths() const {
  std::vector<double> sorted;
  for (const auto& document : sample) sorted.push_back(static_cast<double>(document.characters));
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

double quantile(const std::vector<double>& sorted, double share) {
  if (sorted.empty()) return std::numeric_limits<double>::quiet_NaN();
  const double place = share * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(place);
  const double above = sorted[std::min(below + 1, sorted.size() - 1)];
  return sorted[below] + (place - static_cast<double>(below)) * (above - sorted[below]);
}

double kept_share(const std::vector<double>& sorted, double threshold) {
  if (sorted.empty()) return 0;
  const auto first_kept = std::lower_bound(sorted.begin(), sorted.end(), threshold);
  return static_cast<double>(sorted.end() - first_kept) / static_cast<double>(sorted.size());
}

std::vector<RatioBin> ratio_histogram(const std::vector<double>& sorted, double threshold) {
  std::vector<RatioBin> bins;
  auto from = sorted.begin();
  for (int i = 0; i < bins_to_one && from != sorted.end(); ++i) {
    const bool last = i + 1 == bins_to_one;
    RatioBin bin{static_cast<double>(i) / bins_to_one, static_cast<double>(i + 1) / bins_to_one};
    const auto to = last ? sorted.end() : std::lower_bound(from, sorted.end(), bin.high);
    const auto first_kept = std::lower_bound(from, to, threshold);
    bin.dropped = first_kept - from;
    bin.kept = to - first_kept;
    bins.push_back(bin);
    from = to;
  }
  return bins;
}

std::vector<CurvePoint> threshold_curve(const std::vector<double>& sorted) {
  std::vector<CurvePoint> curve;
  for (int percent = 10; percent <= 40; ++percent) {
    const double threshold = percent / 100.0;
    curve.push_back({threshold, kept_share(sorted, threshold)});
  }
  return curve;
}

std::string ChosenSong::file_name() const {
  std::string id = document->id;
  if (id.size() > name_bytes) {
    id.erase(0, id.size() - name_bytes);  // the end of a path says more than its begin
    while (!id.empty() && (static_cast<unsigned char>(id[0]) & 0xC0) == 0x80) id.erase(0, 1);
  }
  for (char& c : id)
    if (!(std::isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80)) c = '_';
  return text(role, "_ratio-", fixed(document->ratio(), 4), "_", id, id.ends_with(".abc") ? "" : ".abc");
}

std::vector<ChosenSong> chosen_songs(const Analysis& analysis) {
  const auto sorted = by_ratio(analysis);
  const std::size_t ends = std::min(songs_at_each_end, sorted.size());
  std::vector<ChosenSong> songs;
  for (std::size_t i = 0; i < ends; ++i) songs.push_back({text("lowest-", i + 1), sorted[i]});
  for (std::size_t i = 0; i < ends; ++i) songs.push_back({text("highest-", i + 1), sorted[sorted.size() - 1 - i]});

  const auto first_kept =
      static_cast<std::size_t>(std::lower_bound(sorted.begin(), sorted.end(), analysis.threshold,
                                                [](const auto* document, double ratio) { return document->ratio() < ratio; }) -
                               sorted.begin());
  const std::size_t dropped = first_kept, kept = sorted.size() - first_kept;
  const std::size_t below = std::min<std::size_t>(dropped, kept > 0 ? 1 : 2),
                    above = std::min<std::size_t>(kept, dropped > 0 ? 1 : 2);
  for (std::size_t i = 0; i < below; ++i)
    songs.push_back({below == 1 ? "threshold-below" : text("threshold-below-", i + 1), sorted[first_kept - 1 - i]});
  for (std::size_t i = 0; i < above; ++i)
    songs.push_back({above == 1 ? "threshold-above" : text("threshold-above-", i + 1), sorted[first_kept + i]});
  return songs;
}

}  // namespace etude
