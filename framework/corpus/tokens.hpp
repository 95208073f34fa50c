// Last stage: a tokenizer learned from the training documents, and all documents as packed tokens. Variants stand behind all
// originals of training.
//
//   tokenizer.json                          what the tokenizer learned, as it saves it
//   {train,validation,test}.tokens          uint16 (uint32 where the vocabulary has more than 65,536 ids), little-endian
//   {train,validation,test}.documents       four int64 a document: first token, tokens, characters, unknown
//   corpus.json                             the manifest
#pragma once

#include <corpus/corpus.hpp>
#include <corpus/texts.hpp>

namespace etude {

/// Told how far it is ("learning", "packing train") in documents and bytes of text; called now and then.
using TokenProgress =
    std::function<void(const std::string& what, std::int64_t documents, std::int64_t total, std::int64_t bytes)>;

/// Learns `tokenizer` from the training documents and packs all of them on `threads` threads; the files do not depend on how
/// many. After each document stands end-of-text where the tokenizer has one, else the encoded `separator`.
void build_tokens(const StageKey& key, const Texts& texts, Tokenizer& tokenizer, const std::string& separator, int threads,
                  const TokenProgress& progress);

/// What is there under this key and whole, or nothing. `tokenizer` loads what it had learned.
std::optional<Corpus> open_tokens(const StageKey& key, const std::shared_ptr<Tokenizer>& tokenizer, Tell tell = Tell::damage);

}  // namespace etude
