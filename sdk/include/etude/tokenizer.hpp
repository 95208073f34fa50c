// The interface of tokenizers.
#pragma once

#include <cstdint>
#include <etude/document.hpp>
#include <etude/options.hpp>
#include <filesystem>
#include <span>

namespace etude {

using TokenId = std::int32_t;

/// Text to token ids and back. Constructed from its Options alone: T(const T::Options&).
/// learn() and load() are called by one thread; the const functions by any number at once.
class ETUDE_API Tokenizer {
 public:
  virtual ~Tokenizer();

  /// Learns its vocabulary from training documents. Called once, before anything is encoded, unless load() is.
  /// @param threads  at most this many at once; what is learned does not depend on how many
  virtual void learn(DocumentSource& documents, int threads) = 0;

  /// Appends the ids of `text` to `ids`, each in [0, vocab_size()). What it cannot express becomes unknown().
  virtual void encode(std::string_view text, std::vector<TokenId>& ids) const = 0;

  /// encode() for text files that spell special tokens, such as "<|endoftext|>" where a document ends: each spelling becomes its
  /// id, wherever it stands. A tokenizer without such spellings need not override it.
  virtual void encode_marked(std::string_view text, std::vector<TokenId>& ids) const { encode(text, ids); }

  /// The text of `ids`; ids outside the vocabulary and unknown() become U+FFFD.
  virtual std::string decode(std::span<const TokenId> ids) const = 0;

  /// Number of ids, known before learn() where the options fix it (else 0 until then).
  virtual std::int64_t vocab_size() const = 0;

  /// The id that ends a document, if there is one. It is never the result of encode().
  virtual std::optional<TokenId> end_of_text() const { return std::nullopt; }

  /// The id of what cannot be expressed, if there is one.
  virtual std::optional<TokenId> unknown() const { return std::nullopt; }

  /// True if decode(encode(x)) == x for any bytes x; false if only for what was learned.
  virtual bool lossless() const = 0;

  /// Writes what was learned to one file; load() of an object with the same options restores it.
  /// @throws Error if the file cannot be written; load() also if it is not of this tokenizer's kind
  virtual void save(const std::filesystem::path& file) const = 0;
  virtual void load(const std::filesystem::path& file) = 0;
};

}  // namespace etude
