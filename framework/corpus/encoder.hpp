// Documents to packed tokens, on many threads, in order.
#pragma once

#include <corpus/corpus.hpp>
#include <etude/parallel.hpp>
#include <string>
#include <vector>

namespace etude {

/// A run of documents: enough work for a thread, little enough memory.
struct Batch {
  std::vector<std::string> texts;
  std::vector<std::int64_t> characters;
  std::size_t bytes = 0;
};

struct EncodedBatch {
  std::string packed;
  std::vector<PackedDocument> documents;  ///< first_token counts from the batch's begin
  std::vector<std::int64_t> occurrences;  ///< by id
};

/// How documents become packed tokens.
struct Packing {
  const Tokenizer& tokenizer;
  std::vector<TokenId> separator;  ///< after each document
  int bytes_per_token = 2;

  /// The separator is end-of-text, or `text` encoded. @throws Error if the tokenizer is not usable
  Packing(const Tokenizer& learned, const std::string& text);
  EncodedBatch encode(const Batch& batch) const;

 private:
  void append(EncodedBatch& encoded, std::span<const TokenId> ids) const;
};

}  // namespace etude
