// What `etude prepare` prints of a corpus.
#pragma once

#include <corpus/corpus.hpp>
#include <nlohmann/json_fwd.hpp>
#include <report/corpus_report.hpp>

namespace etude {

struct PreparedCorpus {
  std::vector<std::string> labels;  ///< of the variants that use it
  const Experiment* experiment;     ///< of the first of them
  Corpus corpus;
  CorpusReport report;
};

std::string prepare_text(const PreparedCorpus& prepared);
nlohmann::ordered_json prepare_json(const PreparedCorpus& prepared);

}  // namespace etude
