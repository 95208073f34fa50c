// What a packed corpus says of itself where it lies, without the plugins that made it.
#pragma once

#include <corpus/documents.hpp>
#include <corpus/text_facts.hpp>

namespace etude {

struct CorpusFacts {
  TextFacts texts;
  std::string dataset, tokenizer;      ///< ids of the plugins
  double min_gzip_ratio = 0;           ///< of the filter; 0: none
  std::optional<Documents> documents;  ///< before any filter, where they are still there
};

/// @param corpora      `<output>/.corpus`
/// @param fingerprint  of the corpus, as runs record it
/// @return nothing if the corpus is not there or damaged
std::optional<CorpusFacts> find_corpus_facts(const std::filesystem::path& corpora, const std::string& fingerprint);

}  // namespace etude
