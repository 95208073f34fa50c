// Names of prepared corpora: digests of everything that decides what is in them.
#pragma once

#include <config/experiment.hpp>
#include <etude/dataset.hpp>
#include <host/catalogue.hpp>

namespace etude {

/// Of the texts: the sources' fingerprint, the dataset plugin's id and version, its options, [filter] and [split].
/// Options at their default do not enter, so that a new one leaves old corpora valid; nor do those without effect on the result.
std::string texts_fingerprint(const Experiment& experiment, const Catalogue& catalogue, Dataset& dataset);

/// Of the packed corpus: that of the texts, the separator, the tokenizer plugin's id, version and options.
std::string corpus_fingerprint(const Experiment& experiment, const Catalogue& catalogue, const std::string& texts_fingerprint,
                               const std::string& separator);

}  // namespace etude
