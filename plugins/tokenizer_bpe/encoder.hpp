// Text to ids by a vocabulary's merges.
#pragma once

#include <array>
#include <memory>
#include <mutex>

#include "pair_table.hpp"
#include "vocabulary.hpp"
#include "word_cache.hpp"

namespace etude::bpe {

/// Any number of threads may use one at once.
class Encoder {
 public:
  explicit Encoder(const Vocabulary& vocabulary);
  ~Encoder();

  /// Appends the ids of `text`, in which spellings of added tokens are plain text: no added token comes out, but for unknown
  /// bytes.
  void encode(std::string_view text, std::vector<TokenId>& ids) const;

  /// The same, but each spelling of an added token is that token; of several that begin at one place, the longest.
  void encode_marked(std::string_view text, std::vector<TokenId>& ids) const;

 private:
  /// What a pair becomes, and how early.
  struct Step {
    std::uint32_t rank;
    TokenId product;
  };
  struct Place;

  void encode_word(std::string_view word, std::vector<TokenId>& ids) const;
  void merge_short(std::vector<TokenId>& ids, std::size_t begin) const;
  void merge_long(std::vector<TokenId>& ids, std::size_t begin) const;
  const AddedToken* added_token_at(std::string_view text) const;

  class Lease;

  SplitRule split_;
  std::array<TokenId, 256> byte_ids_;  ///< the unknown token's where a byte has none
  PairTable<Step> steps_;
  std::vector<AddedToken> added_;  ///< the longest first
  std::array<bool, 256> begins_added_{};
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<WordCache>> free_caches_;
};

}  // namespace etude::bpe
