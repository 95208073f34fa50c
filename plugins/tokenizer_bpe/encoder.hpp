// Text to ids by a vocabulary's merges.
#pragma once

#include <array>

#include "cache_pool.hpp"
#include "pair_table.hpp"
#include "vocabulary.hpp"

namespace etude::bpe {

/// Any number of threads may use one at once.
class Encoder {
 public:
  explicit Encoder(const Vocabulary& vocabulary);

  /// Appends the ids of `text`, in which spellings of added tokens are plain text: no added token comes out, but for unknown
  /// bytes.
  void encode(std::string_view text, std::vector<TokenId>& ids) const;

  /// The same, but each spelling of an added token is that token; of several that begin at one place, the longest. Those that
  /// `tokenizers` calls normalized are looked for only between the others.
  void encode_marked(std::string_view text, std::vector<TokenId>& ids) const { encode_between(text, 0, ids); }

 private:
  /// Texts to look for, the longest first.
  struct AddedTokens {
    std::vector<AddedToken> tokens;
    std::string firsts;  ///< the bytes that they begin with

    void add(const AddedToken& token);
    const AddedToken* at_front_of(std::string_view text) const;
  };
  struct Place;

  void encode_between(std::string_view text, std::size_t which, std::vector<TokenId>& ids) const;
  // These write to a place with room for an id a byte, and return the end of what they wrote.
  TokenId* encode_line(std::string_view line, WordCache& cache, TokenId* to) const;
  TokenId* encode_word(std::string_view word, TokenId* to) const;
  TokenId* merge_short(TokenId* tokens, std::size_t size) const;
  TokenId* merge_long(TokenId* tokens, std::size_t bytes) const;

  SplitRule split_;
  std::array<TokenId, 256> byte_ids_;  ///< the unknown token's where a byte has none
  PairTable<std::int32_t> ranks_;      ///< of pairs that merge: the lower goes first
  std::vector<TokenId> products_;      ///< by rank
  std::array<AddedTokens, 2> added_;   ///< those that are not normalized, and those that are
  mutable CachePool caches_;
};

}  // namespace etude::bpe
