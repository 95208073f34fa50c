// MinHash signatures of documents (Broder, 1997): the share of equal values of two estimates their shingles' Jaccard similarity.
//
//   signatures.values   of each document `signature_values` uint16
//   signatures.sets     a ShingleSet a document
//   signatures.json     the manifest
//
// Of each minimum the lowest 16 bits are kept (b-bit minwise hashing, Li & Konig 2010): two minima that differ agree in them by
// chance once in 65,536 times.
#pragma once

#include <array>
#include <corpus/documents.hpp>

namespace etude {

inline constexpr std::size_t signature_values = 128;
using Signature = std::array<std::uint16_t, signature_values>;

/// A document's set of shingles without the shingles: equal sets have equal digests.
struct ShingleSet {
  std::uint64_t digest = 0;
  std::int64_t shingles = 0;
};

/// Of shingles as Shingler gives them, in any order.
Signature signature_of(const std::vector<std::uint64_t>& shingles);
ShingleSet set_of(const std::vector<std::uint64_t>& shingles);

/// How many values are equal, as a share. Standard error sqrt(s (1 - s) / 128): at most 0.045.
double estimated_similarity(const Signature& a, const Signature& b);

class Signatures {
 public:
  explicit Signatures(const std::filesystem::path& directory);
  std::size_t size() const { return sets_.size(); }
  const ShingleSet& set(std::size_t number) const { return sets_[number]; }
  /// Signatures of documents [begin, begin + out.size()).
  void read(std::size_t begin, std::span<Signature> out) const;

 private:
  MappedRecords<ShingleSet> sets_;
  std::shared_ptr<const RandomAccessFile> values_;
};

/// What is there under this key and whole, or nothing.
std::optional<Signatures> open_signatures(const StageKey& key);

/// @throws Error if the user interrupts
void build_signatures(const StageKey& key, const Documents& documents, std::int64_t shingle_bars, int threads,
                      const DocumentProgress& progress);

}  // namespace etude
