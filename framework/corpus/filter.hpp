// Which documents are worth keeping.
#pragma once

#include <config/experiment.hpp>
#include <corpus/documents.hpp>
#include <corpus/ratios.hpp>

namespace etude {

/// What becomes of a document: its split, or why it is left out. Stands in texts' files as one byte.
enum class Verdict : std::uint8_t {
  train = 0,
  validation = 1,
  test = 2,
  kept = 3,  ///< not yet in a split
  empty = 10,
  too_short = 11,
  too_long = 12,
  low_ratio = 13,
  beyond_limit = 14,
  duplicate = 15
};

/// "train", ... or, of those that are left out, what is counted among the outcomes: "filtered: too short", "filtered: gzip
/// ratio", "filtered: beyond max_total_bytes", "removed: near-duplicate".
const char* name(Verdict verdict);
inline bool is_kept(Verdict verdict) { return verdict <= Verdict::kept; }

/// Why a document of so many characters is left out, or `kept`.
Verdict judge_length(const FilterOptions& options, std::int64_t characters);

/// Judges every document, in order: by its characters, then its gzip ratio, then by the bytes of those kept before it.
/// @param ratios  of each document; empty where options.min_gzip_ratio is 0
std::vector<Verdict> filter(const FilterOptions& options, const Documents& documents, const MappedRecords<GzipSize>& ratios);

}  // namespace etude
