// Counts the pretokens of a stream of documents on several threads.
#pragma once

#include <etude/document.hpp>

#include "word_counts.hpp"

namespace etude::bpe {

/// @param threads  at most this many count at once; the counts do not depend on how many
WordCounts count_documents(DocumentSource& documents, SplitRule rule, int threads);

}  // namespace etude::bpe
