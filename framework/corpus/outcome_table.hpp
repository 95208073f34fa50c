// What became of each source and each document, in one table.
#pragma once

#include <corpus/corpus.hpp>

namespace etude {

/// Writes tab-separated lines under a line of titles: id; result and reason as the dataset tells them of the source; verdict on
/// the document that it became ("train", "validation", "test", or why it was left out); twin_in_training; characters; raw_bytes
/// and gzip_bytes where the filter measured them; group, the first document of its near-duplicates. First stand the sources in
/// the dataset's order, then documents that it said nothing of, then variants that could not be made. "-" is standard output.
/// @throws Error if the stages that know it are gone, or the file cannot be written
void write_outcome_table(const std::filesystem::path& file, const Corpus& corpus);

}  // namespace etude
