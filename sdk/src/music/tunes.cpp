#include "tunes.hpp"

#include <map>
#include <numeric>

#include "characters.hpp"
#include "literals.hpp"
#include "part_builder.hpp"
#include "unreadable.hpp"

namespace etude::music {

namespace {

/// Tokens that stand in every part before its own may be many, and so may the parts: more of both than this is no music.
constexpr std::size_t most_shared_tokens = 20'000'000;

/// A tune of a text: its tokens, and what the fields before the first X: say for all tunes.
class TuneBuilder {
 public:
  TuneBuilder(Piece& piece, const TokenList& tokens) : piece_(piece), tokens_(tokens) {}

  Tune build() {
    for (const auto index : tokens_) {
      const Token& token = piece_.signs.tokens[index];
      if (token.sign != Sign::field) continue;
      const std::string_view value = piece_.text(token);
      if (token.tag == 'X') read_integer(value);
      if (token.tag == 'I') require_version(value);
      if (token.tag != 0) tune_.fields.push_back({token.tag, std::string(value)});
    }
    voices();
    return std::move(tune_);
  }

 private:
  /// A version of more than 4,300 digits is none.
  static void require_version(std::string_view value) {
    constexpr std::string_view name = "abc-version ";
    if (value.substr(0, name.size()) != name) return;
    std::string_view digits = stripped(value.substr(name.size()));
    std::size_t end = 0;
    while (end < digits.size() && first_character(digits.substr(end)).traits.is_decimal())
      end += first_character(digits.substr(end)).bytes;
    if (end > 0) read_integer(digits.substr(0, end));
  }

  /// Only voices whose names begin with a digit are voices, and each V: begins a new part, even if its name has been seen.
  void voices() {
    std::vector<std::size_t> starts;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      const Token& token = piece_.signs.tokens[tokens_[i]];
      if (token.is_field('V') && token.length > 0 && first_character(piece_.text(token)).traits.is_digit()) starts.push_back(i);
    }
    if (starts.size() < 2) return part(tokens_, starts.empty() ? std::string() : name(starts.front()));
    if (starts.front() * starts.size() > most_shared_tokens)
      throw Unreadable{"MemoryError", "too much stands before the first of too many voices", {}};
    for (std::size_t i = 0; i < starts.size(); ++i) {
      const auto place = [&](std::size_t at) { return tokens_.begin() + static_cast<std::ptrdiff_t>(at); };
      TokenList mine(tokens_.begin(), place(starts.front()));
      mine.insert(mine.end(), place(starts[i]), i + 1 < starts.size() ? place(starts[i + 1]) : tokens_.end());
      part(mine, name(starts[i]));
    }
  }

  std::string name(std::size_t start) const { return std::string(piece_.text(piece_.signs.tokens[tokens_[start]])); }

  void part(const TokenList& tokens, std::string name) {
    tune_.parts.push_back(build_part(piece_, tokens));
    tune_.parts.back().name = std::move(name);
  }

  Piece& piece_;
  const TokenList& tokens_;
  Tune tune_;
};

/// Directives go with the tune in which they stand.
void add_directives(const Piece& piece, const TokenList& tokens, Tune& tune) {
  for (const auto& directive : piece.signs.directives) {
    const bool header = tokens.empty() || directive.tokens_before <= tokens.front();
    if (header || directive.tokens_before <= tokens.back() + std::size_t{1}) tune.directives.emplace_back(directive.text);
  }
}

/// The tunes of a text by their numbers: of two with one number the last one counts.
std::map<Integer, TokenList> numbered_tunes(const Piece& piece) {
  std::map<Integer, TokenList> tunes;
  TokenList shared;
  TokenList* current = &shared;
  for (std::uint32_t i = 0; i < piece.signs.tokens.size(); ++i) {
    const Token& token = piece.signs.tokens[i];
    if (token.is_field('X')) {
      current = &tunes[read_integer(piece.text(token))];
      current->clear();
    }
    current->push_back(i);
  }
  if (shared.size() * tunes.size() > most_shared_tokens)
    throw Unreadable{"MemoryError", "too much stands before the first of too many tunes", {}};
  for (auto& [number, tokens] : tunes) tokens.insert(tokens.begin(), shared.begin(), shared.end());
  return tunes;
}

bool is_collection(const std::vector<Token>& tokens) {
  int numbers = 0;
  for (const auto& token : tokens) numbers += token.is_field('X');
  return numbers > 1;
}

}  // namespace

Score build_score(Piece& piece) {
  const auto& tokens = piece.signs.tokens;
  if (tokens.empty()) throw Unreadable{"ABCHandlerException", "no music", {}};
  Score score;
  score.collection = is_collection(tokens);
  const auto add = [&](const TokenList& mine) {
    score.tunes.push_back(TuneBuilder(piece, mine).build());
    add_directives(piece, mine, score.tunes.back());
  };
  if (!score.collection) {
    TokenList all(tokens.size());
    std::iota(all.begin(), all.end(), 0U);
    add(all);
    return score;
  }
  for (const auto& [number, mine] : numbered_tunes(piece)) {
    try {
      add(mine);
    } catch (const Unreadable& fault) {
      if (!fault.is_index_error()) throw;  // music21 leaves out a tune whose reading fails with this one
    }
  }
  return score;
}

}  // namespace etude::music
