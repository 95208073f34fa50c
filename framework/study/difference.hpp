// How much two sets of runs differ in loss, and how sure that is.
#pragma once

#include <optional>
#include <string>
#include <study/comparison.hpp>
#include <vector>

namespace etude {

/// In what losses are compared.
enum class Measure { validation_loss, bits_per_character };

inline const char* name(Measure measure) {
  return measure == Measure::validation_loss ? "validation_loss" : "bits_per_character";
}

/// The run's value after its last validation, where it has one.
std::optional<double> value_of(const ComparedRun& run, Measure measure);

/// A run, and what documents drawn with replacement would have made of its loss. Runs on the same text see the same draws, so
/// that what differs between them in a draw is their difference on it.
class ResampledRun {
 public:
  static constexpr int resamples = 1000;
  ResampledRun(const ComparedRun& run, Measure measure);

  const ComparedRun& run() const { return *run_; }
  double value() const { return value_; }
  /// One for each draw; empty where the windows do not tell (none, or of a single document).
  const std::vector<double>& draws() const { return draws_; }
  /// How many pieces of the text were drawn from: documents, or neighbouring documents together.
  std::size_t pieces() const { return pieces_; }
  /// True if both have measured the same text, so that their draws belong together.
  bool pairs_with(const ResampledRun& other) const;

 private:
  const ComparedRun* run_;
  Measure measure_;
  double value_;
  std::size_t pieces_ = 0;
  std::vector<double> draws_;
};

/// What two sets of runs have in common but one thing: each side differs in nothing but seeds.
struct Matched {
  std::vector<const ResampledRun*> ours, theirs;
};

struct Difference {
  double value = 0;                 ///< mean of ours less mean of theirs, averaged over what is matched
  std::optional<double> low, high;  ///< 95 %
  bool paired = false;              ///< document by document; else the intervals of both were taken as independent
  bool over_seeds = false;          ///< the interval covers the choice of seeds too; else that of the text alone
};

/// The variance of the difference is that over documents (bootstrap, paired where both sides measured the same text) plus, where
/// a side has several seeds, that of the means over seeds, with one variance for all sides; the interval is Student's, its
/// degrees of freedom by Satterthwaite (1946).
/// @param matched  at least one, no side empty
Difference difference_of(const std::vector<Matched>& matched);

}  // namespace etude
