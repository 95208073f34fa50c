// Documents to packed tokens, on many threads, in order.
#pragma once

#include <corpus/texts.hpp>

namespace etude {

struct EncodedBatch {
  std::string packed;
  std::vector<PackedDocument> documents;  ///< first_token counts from the first of these
  std::vector<std::int64_t> occurrences;  ///< by id
};

/// How documents become packed tokens.
struct Packing {
  const Tokenizer& tokenizer;
  std::vector<TokenId> separator;  ///< after each document
  int bytes_per_token = 2;

  /// The separator is end-of-text, or `text` encoded. @throws Error if the tokenizer is not usable
  Packing(const Tokenizer& learned, const std::string& text);
  /// The texts one after another, each with the separator behind it. Any number of threads at once.
  EncodedBatch encode(const Texts& texts, std::span<const TextItem> items) const;

 private:
  void append(EncodedBatch& encoded, std::span<const TokenId> ids) const;
};

}  // namespace etude
