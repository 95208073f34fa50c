#include "tunes.hpp"

#include <algorithm>
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
  /// Quirk::voice_by_digit. Quirk::each_voice_field_is_a_part.
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

/// Tokens of a tune, the first `shared` of them from before the first X:.
struct TuneTokens {
  TokenList tokens;
  std::size_t shared = 0;
};

/// How many directives have at most so many tokens before them.
std::size_t directives_until(const Piece& piece, std::size_t tokens) {
  const auto& all = piece.signs.directives;
  const auto end = std::upper_bound(all.begin(), all.end(), tokens,
                                    [](std::size_t most, const Directive& directive) { return most < directive.tokens_before; });
  return static_cast<std::size_t>(end - all.begin());
}

/// Directives go with the tune in which they stand, those before the first X: with every tune.
void add_directives(const Piece& piece, const TuneTokens& mine, Tune& tune) {
  const auto& all = piece.signs.directives;
  const std::size_t header = directives_until(piece, mine.shared);
  for (std::size_t i = 0; i < header; ++i) tune.directives.emplace_back(all[i].text);
  const std::size_t first = std::max(header, directives_until(piece, mine.tokens[mine.shared]));
  const std::size_t last = directives_until(piece, mine.tokens.back() + std::size_t{1});
  for (std::size_t i = first; i < last; ++i) tune.directives.emplace_back(all[i].text);
}

/// The tunes of a text by their numbers: of two with one number the last one counts.
/// Quirk::tunes_by_number.
std::map<Integer, TuneTokens> numbered_tunes(const Piece& piece) {
  std::map<Integer, TuneTokens> tunes;
  TokenList shared;
  TokenList* current = &shared;
  for (std::uint32_t i = 0; i < piece.signs.tokens.size(); ++i) {
    const Token& token = piece.signs.tokens[i];
    if (token.is_field('X')) {
      current = &tunes[read_integer(piece.text(token))].tokens;
      current->clear();
    }
    current->push_back(i);
  }
  if ((shared.size() + directives_until(piece, shared.size())) * tunes.size() > most_shared_tokens)
    throw Unreadable{"MemoryError", "too much stands before the first of too many tunes", {}};
  for (auto& [number, mine] : tunes) {
    mine.tokens.insert(mine.tokens.begin(), shared.begin(), shared.end());
    mine.shared = shared.size();
  }
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
  // Quirk::header_is_optional.
  if (tokens.empty()) throw Unreadable{"ABCHandlerException", "no music", {}};
  Score score;
  score.collection = is_collection(tokens);
  const auto add = [&](const TuneTokens& mine) {
    score.tunes.push_back(TuneBuilder(piece, mine.tokens).build());
    add_directives(piece, mine, score.tunes.back());
  };
  if (!score.collection) {
    TuneTokens all{TokenList(tokens.size()), 0};
    std::iota(all.tokens.begin(), all.tokens.end(), 0U);
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
