// Training documents once more, transposed. They stand behind all originals, document by document in their order, each from the
// lowest transposition to the highest.
//
//   variants.txt     the texts, nothing between them
//   variants.index   a VariantEntry a variant and one more, which tells where the last one ends
#pragma once

#include <corpus/documents.hpp>
#include <corpus/filter.hpp>

namespace etude {

struct VariantEntry {
  std::int64_t begin = 0;  ///< in variants.txt
  std::int64_t characters = 0;
  std::uint32_t document = 0;  ///< the original's number
  std::int32_t semitones = 0;
};
static_assert(sizeof(VariantEntry) == 24, "the file's layout is the struct's");

/// The dataset's transpositions, ascending, each once.
std::vector<int> transpositions_of(const Dataset& dataset);

/// A variant that could not be made.
struct RefusedVariant {
  std::uint32_t document = 0;
  int semitones = 0;
};

struct VariantFiles {
  std::vector<FileSummary> files;
  std::int64_t variants = 0, characters = 0;
  std::vector<RefusedVariant> refused;
};

/// Told how many of how many variants are done, and their bytes.
using VariantProgress = std::function<void(std::int64_t done, std::int64_t total, std::int64_t bytes)>;

/// Asks the dataset, which has been read to its end, for the variants of all training documents, on `threads` threads.
/// @throws Error if the user interrupts
VariantFiles write_variants(const std::filesystem::path& folder, Dataset& dataset, const Documents& documents,
                            std::span<const Verdict> splits, const std::vector<int>& transpositions, int threads,
                            const VariantProgress& progress);

}  // namespace etude
