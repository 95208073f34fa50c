// What each stage of preparation is made of, and so what it is called: a changed value redoes only the stages behind it.
#pragma once

#include <config/experiment.hpp>
#include <corpus/stage.hpp>
#include <etude/dataset.hpp>
#include <host/catalogue.hpp>

namespace etude {

/// The stages of an experiment's corpus. Options at their default do not enter, so that a new one leaves old corpora valid; nor
/// do those without effect on the result. A file that an option names enters by its content's SHA-256, wherever it lies.
struct StageKeys {
  StageKey documents;   ///< the sources' fingerprint, the dataset plugin's id and
                        ///< version, its options
  StageKey ratios;      ///< the documents
  StageKey signatures;  ///< the documents and duplicates.shingle_bars
  StageKey texts;       ///< the documents, [filter], [duplicates], [split] and the
                        ///< dataset's transpositions
  StageKey tokens;      ///< the texts, the separator, the tokenizer plugin's id,
                        ///< version and options
};

/// @param directory  `<output>/.corpus`
/// @throws Error if the dataset's sources, or a file that an option names,
/// cannot be read
StageKeys stage_keys(const Experiment& experiment, const Catalogue& catalogue, Dataset& dataset,
                     const std::filesystem::path& directory);

}  // namespace etude
