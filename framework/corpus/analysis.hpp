// What a sample of a dataset's documents says about them, before any filter: how well they compress, and how long they are.
#pragma once

#include <array>
#include <corpus/documents.hpp>
#include <corpus/gzip_ratio.hpp>
#include <functional>
#include <string>
#include <vector>

namespace etude {

/// Of the sample that is drawn: always the same of the same documents.
inline constexpr std::uint64_t analysis_seed = 1;
/// The threshold that an analysis looks at where filter.min_gzip_ratio sets none: that of the published study.
inline constexpr double study_gzip_ratio = 0.24;
/// Quantiles that are reported: the least, 1 %, ..., the greatest.
inline constexpr std::array quantile_shares = {0.0, 0.01, 0.05, 0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 1.0};

struct SampledDocument {
  std::int64_t number = 0;  ///< in the documents stage
  std::string id;
  std::int64_t characters = 0;
  GzipSize size;
  double ratio() const { return size.ratio(); }
};

struct Analysis {
  std::int64_t documents = 0;  ///< that the sample was drawn from
  std::int64_t asked = 0;      ///< for how many; the sample is all documents where that is more
  double threshold = 0;
  std::vector<SampledDocument> sample;  ///< in the dataset's order; documents of nothing but white space have no ratio

  /// Of the documents that have one, from the lowest up.
  std::vector<double> ratios() const;
  std::vector<double> lengths() const;  ///< characters, from the shortest up
};

/// `count` of the numbers 0 .. size - 1 in rising order, each set of them equally likely (reservoir sampling, Vitter's algorithm
/// R).
std::vector<std::int64_t> reservoir_sample(std::int64_t size, std::int64_t count, std::uint64_t seed);

/// Draws the sample and measures it on `threads` threads. `progress` is told how many documents are done, now and then.
/// @throws Error if the user interrupts
Analysis analyze(const Documents& documents, std::int64_t count, double threshold, int threads,
                 const std::function<void(std::int64_t done, std::int64_t all)>& progress);

/// The value below which `share` of the sorted values lie, linear between them (NumPy's default); NaN of none.
double quantile(const std::vector<double>& sorted, double share);

/// The share of the sorted ratios that a filter with this threshold keeps.
double kept_share(const std::vector<double>& sorted, double threshold);

/// Documents with low <= ratio < high; below `threshold` and from it on.
struct RatioBin {
  double low = 0, high = 0;
  std::int64_t dropped = 0, kept = 0;
};
/// Bins 0.01 wide from zero to the greatest ratio, at most to 1; the last has all that is greater.
std::vector<RatioBin> ratio_histogram(const std::vector<double>& sorted, double threshold);

struct CurvePoint {
  double threshold = 0, kept = 0;
};
/// What would be kept at 0.10, 0.11, ..., 0.40.
std::vector<CurvePoint> threshold_curve(const std::vector<double>& sorted);

/// A document that is worth reading or hearing: "lowest-1" .. "lowest-5", "highest-1" .. "highest-5", and the two nearest to the
/// threshold, "threshold-below" and "threshold-above" (from it on); two of one side where the other has none.
struct ChosenSong {
  std::string role;
  const SampledDocument* document;
  /// "lowest-1_ratio-0.0312_folder_tune.mid.abc"
  std::string file_name() const;
};
std::vector<ChosenSong> chosen_songs(const Analysis& analysis);

}  // namespace etude
