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
  virtual void learn(DocumentSource& documents) = 0;

  /// Appends the ids of `text` to `ids`, each in [0, vocab_size()). What it cannot express becomes unknown().
  virtual void encode(std::string_view text, std::vector<TokenId>& ids) const = 0;

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
