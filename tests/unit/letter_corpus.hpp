// A packed corpus without a dataset: documents of letters, a line end behind each.
#pragma once

#include <corpus/corpus.hpp>
#include <fstream>

#include "letters.hpp"

namespace etude::testing {

/// A corpus whose validation split holds `documents`, each followed by a line end.
inline Corpus corpus_of(const std::vector<std::string>& documents, const std::filesystem::path& directory) {
  Corpus corpus;
  corpus.tokenizer = std::make_shared<Letters>();
  corpus.separator = {26};
  std::vector<TokenId> ids;
  for (const auto& document : documents) {
    PackedDocument packed;
    packed.first_token = static_cast<std::int64_t>(ids.size());
    corpus.tokenizer->encode(document + "\n", ids);
    packed.tokens = static_cast<std::int64_t>(ids.size()) - packed.first_token;
    packed.characters = packed.tokens - 1;
    corpus.validation.documents.push_back(packed);
    corpus.validation.characters += packed.characters;
  }
  std::ofstream file(directory / "validation.tokens", std::ios::binary);
  for (const auto id : ids) file.put(static_cast<char>(id)).put(0);
  file.close();
  corpus.validation.tokens = TokenFile::open(directory / "validation.tokens", static_cast<std::int64_t>(ids.size()), 2);
  return corpus;
}

}  // namespace etude::testing
