// How well each document compresses; made only where the filter asks.
//
//   ratios.sizes   a GzipSize a document
//   ratios.json    the manifest
#pragma once

#include <corpus/documents.hpp>
#include <corpus/gzip_ratio.hpp>

namespace etude {

static_assert(sizeof(GzipSize) == 16, "the file's layout is the struct's");

/// What is there under this key and whole, or nothing.
std::optional<MappedRecords<GzipSize>> open_ratios(const StageKey& key);

/// @throws Error if the user interrupts
void build_ratios(const StageKey& key, const Documents& documents, int threads, const DocumentProgress& progress);

}  // namespace etude
