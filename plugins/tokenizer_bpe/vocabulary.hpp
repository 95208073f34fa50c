// What byte-level BPE learns: the content of a tokenizer.json.
#pragma once

#include <etude/tokenizer.hpp>
#include <optional>
#include <string>
#include <vector>

#include "pretokens.hpp"

namespace etude::bpe {

/// Two tokens that stand side by side become one.
struct Merge {
  TokenId left, right, product;
  bool operator==(const Merge&) const = default;
};

/// A text that is one token wherever it stands in marked text, such as "<|endoftext|>".
struct AddedToken {
  TokenId id;
  std::string content;
  bool special = true;      ///< left out when `tokenizers` decodes
  bool normalized = false;  ///< looked for only between those that are not
  bool in_model = true;     ///< also in the model's vocabulary
  bool operator==(const AddedToken&) const = default;
};

struct Vocabulary {
  SplitRule split = SplitRule::gpt2;
  /// By id, as tokenizer.json spells them: a piece of text in letters of the byte alphabet, an added token as it is. "" is an id
  /// that stands for nothing.
  std::vector<std::string> tokens;
  std::vector<Merge> merges;  ///< the first that applies is done first
  std::vector<AddedToken> added;
  std::optional<TokenId> unknown;  ///< of bytes without a token

  bool operator==(const Vocabulary&) const = default;
};

/// Why `content` cannot be the text of an added token, or "": it is empty, not UTF-8, or spelled like a piece of other text.
std::string problem_with_added(const std::string& content);

/// What `vocabulary` must be for any text to be encoded without loss that nobody sees.
/// @throws Error if a byte has no token and there is no unknown token, or problem_with_added() has an answer
void check(const Vocabulary& vocabulary);

}  // namespace etude::bpe
