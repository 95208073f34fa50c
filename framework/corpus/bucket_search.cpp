#include <algorithm>
#include <base/interrupt.hpp>
#include <corpus/bucket_search.hpp>
#include <etude/parallel.hpp>
#include <etude/random.hpp>

namespace etude {
namespace {

struct Keyed {
  std::uint64_t key;
  std::uint32_t number;
  bool operator<(const Keyed& other) const { return key != other.key ? key < other.key : number < other.number; }
};

std::uint64_t band_key(const Signature& signature, const Banding& banding, int band) {
  std::uint64_t key = static_cast<std::uint64_t>(band);
  for (int row = 0; row < banding.rows; ++row)
    key = mix_bits(key ^ signature[static_cast<std::size_t>(band * banding.rows + row)]);
  return key;
}

/// The members with their key in this band, sorted by it. The signatures are read front to back: they may be larger than memory.
void sort_by_band(const TwinSearch& search, const std::vector<std::uint32_t>& members, const Banding& banding, int band,
                  std::vector<Keyed>& keyed) {
  constexpr std::size_t chunk = 4096;
  std::vector<Signature> signatures;
  keyed.clear();
  for (std::size_t at = 0; at < members.size();) {
    const std::size_t begin = members[at];
    signatures.resize(std::min(chunk, search.signatures.size() - begin));
    search.signatures.read(begin, signatures);
    for (; at < members.size() && members[at] < begin + signatures.size(); ++at)
      keyed.push_back({band_key(signatures[members[at] - begin], banding, band), members[at]});
  }
  std::sort(keyed.begin(), keyed.end());
}

/// Takes the next buckets of two and more from `keyed`, enough for one thread to be busy with; none at the end.
std::optional<std::vector<Bucket>> take_buckets(const std::vector<Keyed>& keyed, std::size_t& at) {
  constexpr std::size_t enough = 256;
  std::vector<Bucket> buckets;
  for (std::size_t members = 0; at < keyed.size() && members < enough;) {
    std::size_t end = at + 1;
    while (end < keyed.size() && keyed[end].key == keyed[at].key) ++end;
    if (end - at > 1) {
      Bucket bucket;
      for (; at < end; ++at) bucket.push_back(keyed[at].number);
      members += bucket.size();
      buckets.push_back(std::move(bucket));
    }
    at = end;
  }
  return buckets.empty() ? std::nullopt : std::optional(std::move(buckets));
}

}  // namespace

TwinJudge::TwinJudge(const TwinSearch& search)
    : search_(search), least_estimate_(least_estimate(search.similarity)), shingler_(search.shingle_bars) {}

const Signature& TwinJudge::signature(std::uint32_t number) {
  const auto [entry, is_new] = signatures_.try_emplace(number);
  if (is_new) search_.signatures.read(number, {&entry->second, 1});
  return entry->second;
}

std::shared_ptr<const TwinJudge::Sorted> TwinJudge::shingles(std::uint32_t number) {
  constexpr std::size_t most_held = 1 << 20;
  auto& held = shingles_[number];
  if (held) return held;
  search_.documents.read_text(number, text_);
  auto sorted = std::make_shared<Sorted>(shingler_.shingles(text_));
  std::sort(sorted->begin(), sorted->end());
  held = sorted;
  shingles_held_ += sorted->size();
  if (shingles_held_ > most_held) {
    shingles_.clear();
    shingles_held_ = 0;
  }
  return sorted;
}

bool TwinJudge::are_twins(std::uint32_t a, std::uint32_t b) {
  const auto [fewer, more] = std::minmax(search_.signatures.set(a).shingles, search_.signatures.set(b).shingles);
  if (static_cast<double>(fewer) < search_.similarity * static_cast<double>(more)) return false;
  constexpr std::size_t most_signatures = 1 << 14;
  if (signatures_.size() > most_signatures) signatures_.clear();
  // References into an unordered_map stay valid while others are added.
  if (estimated_similarity(signature(a), signature(b)) < least_estimate_) return false;
  return jaccard(*shingles(a), *shingles(b)) >= search_.similarity;
}

void search_buckets(const TwinSearch& search, const std::vector<std::uint32_t>& members,
                    const std::function<std::vector<Pair>(TwinJudge&, const Bucket&)>& work,
                    const std::function<void(const std::vector<Pair>&)>& then) {
  const Banding banding = banding_for(search.similarity);
  std::vector<Keyed> keyed;
  for (int band = 0; band < banding.bands; ++band) {
    search.progress(band, banding.bands);
    sort_by_band(search, members, banding, band, keyed);
    std::size_t at = 0;
    OrderedParallel<std::vector<Bucket>, std::vector<Pair>> results(
        search.threads, 4 * static_cast<std::size_t>(std::max(search.threads, 1)),
        [&] {
          if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
          return take_buckets(keyed, at);
        },
        [&](const std::vector<Bucket>& buckets, const std::stop_token&) {
          TwinJudge judge(search);
          std::vector<Pair> pairs;
          for (const Bucket& bucket : buckets) {
            const auto found = work(judge, bucket);
            pairs.insert(pairs.end(), found.begin(), found.end());
          }
          return pairs;
        });
    std::vector<Pair> all;
    while (const auto pairs = results.next()) {
      all.insert(all.end(), pairs->begin(), pairs->end());
      search.progress(band, banding.bands);
    }
    then(all);
  }
}

}  // namespace etude
