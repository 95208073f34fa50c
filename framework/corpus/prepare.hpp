// Parts of preparation for those who need no packed corpus.
#pragma once

#include <corpus/corpus.hpp>
#include <corpus/documents.hpp>

namespace etude {

/// The documents of an experiment's dataset before any filter: opened if they are there, else made (converted and cleaned).
/// @throws Error as prepare_corpus() does
Documents prepare_documents(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options);

}  // namespace etude
