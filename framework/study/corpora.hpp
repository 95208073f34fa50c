// The packed corpora of a study: runs that share one open it once.
#pragma once

#include <config/experiment.hpp>
#include <corpus/corpus.hpp>
#include <host/catalogue.hpp>
#include <map>
#include <optional>
#include <string>

namespace etude {

class Corpora {
 public:
  /// @param directory  `<output>/.corpus`
  Corpora(const Catalogue& catalogue, std::filesystem::path directory)
      : catalogue_(catalogue), directory_(std::move(directory)) {}

  /// Packs the corpus if need be. The reference stays good.
  /// @throws Error as prepare_corpus() does; for the same corpus the same again, without trying again
  const Corpus& prepared(const Experiment& experiment);

  /// Null if the corpus is not packed, or cannot be read.
  const Corpus* found(const Experiment& experiment);

 private:
  struct Entry {
    std::optional<Corpus> corpus;
    std::optional<Error> failure;
  };
  Entry& entry_of(const Experiment& experiment);
  PrepareOptions options(const Experiment& experiment) const;

  const Catalogue& catalogue_;
  std::filesystem::path directory_;
  std::map<std::string, Entry> entries_;  ///< by all that decides what a corpus holds
};

}  // namespace etude
