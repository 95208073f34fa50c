// Documents that are nearly the same music. Twins are two documents whose sets of shingles (shingles.hpp) have a Jaccard
// similarity of at least duplicates.similarity, computed exactly. Which pairs are looked at is decided by locality-sensitive
// hashing of their MinHash signatures, so that the work grows with the documents and not with the pairs; what that may miss is
// said in README.md of this folder.
#pragma once

#include <corpus/corpus.hpp>
#include <corpus/filter.hpp>
#include <corpus/signatures.hpp>

namespace etude {

/// A signature is cut into bands of rows; two documents are compared if they agree in a whole band.
struct Banding {
  int bands = 0, rows = 0;
  /// The probability that a pair of this similarity is compared: 1 - (1 - s^rows)^bands.
  double probability(double similarity) const;
};

/// The longest bands with which a pair at the threshold is missed at most once in 200 times.
Banding banding_for(double similarity);

/// An estimate of a signature below this is taken as proof that the pair is below the threshold: four standard errors lower.
double least_estimate(double similarity);

/// Told how many of the bands are done.
using BandProgress = std::function<void(int done, int bands)>;

/// How twins are looked for: what does not change between the two questions below.
struct TwinSearch {
  const Documents& documents;
  const Signatures& signatures;
  double similarity = 0.6;
  std::int64_t shingle_bars = 2;
  int threads = 1;
  BandProgress progress = [](int, int) {};
};

/// Groups: the connected components of twins among the kept documents. Of each document the number of its group's first one; its
/// own where it has no twin or is not kept. The result does not depend on the number of threads.
/// @throws Error if the user interrupts
std::vector<std::uint32_t> find_groups(const TwinSearch& search, std::span<const Verdict> verdicts);

/// Of each document: 1 if it is of validation or test and has a twin in training; else 0.
std::vector<std::uint8_t> find_leaks(const TwinSearch& search, std::span<const Verdict> splits);

}  // namespace etude
