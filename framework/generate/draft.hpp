// A text on its way.
#pragma once

#include <etude/sampling.hpp>
#include <etude/tokenizer.hpp>
#include <vector>

namespace etude {

/// Which tokens end a text; the same for all texts of a request.
struct EndRules {
  /// @param separator  ids that end a text; may be empty
  EndRules(const SampleRequest& request, const Tokenizer& tokenizer, const std::vector<TokenId>& separator);

  const SampleRequest& request;
  const Tokenizer& tokenizer;
  const std::vector<TokenId>& separator;
  std::vector<bool> has_colon;  ///< an id: whether it may complete an `X:`; empty where that doesn't matter
};

/// What the model has added to a prompt so far.
class Draft {
 public:
  /// @param start  what the model saw before: separator and prompt
  Draft(const EndRules& rules, const std::vector<TokenId>& start);

  /// Adds a token, which may end the text.
  void add(TokenId id);

  bool finished() const { return finished_; }
  /// Everything so far, the start included.
  const std::vector<TokenId>& tokens() const { return tokens_; }
  /// The prompt and what was added, without what ended it.
  std::string text() const;

 private:
  void end(std::size_t superfluous);
  std::vector<TokenId>::const_iterator added() const { return tokens_.begin() + static_cast<std::ptrdiff_t>(start_); }

  const EndRules& rules_;
  std::vector<TokenId> tokens_;
  std::size_t start_;
  bool finished_ = false;
};

}  // namespace etude
