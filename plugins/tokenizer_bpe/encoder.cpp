#include "encoder.hpp"

#include <algorithm>
#include <limits>
#include <queue>

#include "byte_alphabet.hpp"

namespace etude::bpe {
namespace {

constexpr TokenId no_token = -1;
constexpr std::int32_t never = std::numeric_limits<std::int32_t>::max();
constexpr std::size_t short_word_tokens = 256;  ///< up to here, looking at every pair again costs less than a queue

}  // namespace

Encoder::Encoder(const Vocabulary& vocabulary) : split_(vocabulary.split), ranks_(vocabulary.merges.size()) {
  byte_ids_.fill(vocabulary.unknown.value_or(no_token));
  std::vector<bool> is_added(vocabulary.tokens.size(), false);
  for (const auto& added : vocabulary.added) {
    is_added[static_cast<std::size_t>(added.id)] = true;
    added_[added.normalized].add(added);
  }
  for (std::size_t id = 0; id < vocabulary.tokens.size(); ++id) {
    if (is_added[id]) continue;
    const auto bytes = unspelled(vocabulary.tokens[id]);
    if (bytes && bytes->size() == 1) byte_ids_[static_cast<unsigned char>(bytes->front())] = static_cast<TokenId>(id);
  }
  // Merges that spell an added token cannot happen in marked text, where the spelling is found first, and must not in plain text.
  for (const auto& [left, right, product] : vocabulary.merges) {
    if (!is_added[static_cast<std::size_t>(product)]) ranks_[pair_of(left, right)] = static_cast<std::int32_t>(products_.size());
    products_.push_back(product);
  }
}

void Encoder::encode(std::string_view text, std::vector<TokenId>& ids) const {
  const CachePool::Lease lease(caches_);
  for_each_line(text, [&](std::string_view line) {
    const std::size_t begin = ids.size();
    ids.resize(begin + line.size() + WordCache::slack);  // as many ids as bytes, at most
    const TokenId* const end = encode_line(line, lease.cache(), ids.data() + begin);
    ids.resize(static_cast<std::size_t>(end - ids.data()));
  });
}

TokenId* Encoder::encode_line(std::string_view line, WordCache& cache, TokenId* to) const {
  for_each_pretoken(line, split_, [&](std::string_view word) {
    if (word.size() > ShortWord::max_size) {
      to = encode_word(word, to);
      return;
    }
    const ShortWord key = short_word(word);
    if (TokenId* const known = cache.copy(key, to)) {
      to = known;
    } else {
      TokenId* const begin = to;
      to = encode_word(word, to);
      cache.put(key, std::span(begin, to));
    }
  });
  return to;
}

void Encoder::AddedTokens::add(const AddedToken& token) {
  if (firsts.find(token.content.front()) == std::string::npos) firsts += token.content.front();
  const auto shorter = [&](const AddedToken& other) { return other.content.size() < token.content.size(); };
  tokens.insert(std::find_if(tokens.begin(), tokens.end(), shorter), token);
}

const AddedToken* Encoder::AddedTokens::at_front_of(std::string_view text) const {
  const auto found =
      std::find_if(tokens.begin(), tokens.end(), [&](const auto& token) { return text.starts_with(token.content); });
  return found == tokens.end() ? nullptr : &*found;
}

void Encoder::encode_between(std::string_view text, std::size_t which, std::vector<TokenId>& ids) const {
  if (which == added_.size()) return encode(text, ids);
  std::size_t done = 0;
  for (std::size_t at = 0; (at = text.find_first_of(added_[which].firsts, at)) != std::string_view::npos;) {
    const AddedToken* token = added_[which].at_front_of(text.substr(at));
    if (!token) {
      ++at;
      continue;
    }
    encode_between(text.substr(done, at - done), which + 1, ids);
    ids.push_back(token->id);
    at += token->content.size();
    done = at;
  }
  encode_between(text.substr(done), which + 1, ids);
}

TokenId* Encoder::encode_word(std::string_view word, TokenId* to) const {
  for (std::size_t i = 0; i < word.size(); ++i) to[i] = byte_ids_[static_cast<unsigned char>(word[i])];
  return word.size() <= short_word_tokens ? merge_short(to, word.size()) : merge_long(to, word.size());
}

/// Merges, again and again, the pair of the lowest rank, the leftmost of equals.
TokenId* Encoder::merge_short(TokenId* tokens, std::size_t size) const {
  std::int32_t ranks[short_word_tokens];  // ranks[i] is that of tokens[i] and tokens[i + 1]
  const auto rank_at = [&](std::size_t i) {
    const std::int32_t* rank = ranks_.find(pair_of(tokens[i], tokens[i + 1]));
    return rank ? *rank : never;
  };
  for (std::size_t i = 0; i + 1 < size; ++i) ranks[i] = rank_at(i);
  while (size > 1) {
    std::int32_t best = never;
    for (std::size_t i = 0; i + 1 < size; ++i)
      best = std::min(best, ranks[i]);  // apart from the search, so that it is vectorized
    if (best == never) break;
    const auto at = static_cast<std::size_t>(std::find(ranks, ranks + size - 1, best) - ranks);
    tokens[at] = products_[static_cast<std::size_t>(best)];
    std::copy(tokens + at + 2, tokens + size, tokens + at + 1);
    if (at + 2 < size) std::copy(ranks + at + 2, ranks + size - 1, ranks + at + 1);
    --size;
    if (at + 1 < size) ranks[at] = rank_at(at);
    if (at > 0) ranks[at - 1] = rank_at(at - 1);
  }
  return tokens + size;
}

/// A possible merge in a long word.
struct Encoder::Place {
  std::int32_t rank;
  std::uint32_t position;  ///< of the left token
  TokenId left, right;     ///< that stood there when this was found

  /// Of a priority queue, whose top is the greatest.
  bool operator<(const Place& other) const { return rank != other.rank ? rank > other.rank : position > other.position; }
};

/// The same with a queue of places and a linked list of tokens: n log n for n bytes.
TokenId* Encoder::merge_long(TokenId* tokens, std::size_t bytes) const {
  const auto size = static_cast<std::uint32_t>(bytes);
  std::vector<std::uint32_t> next(size), previous(size);
  std::priority_queue<Place> places;
  const auto look_at = [&](std::uint32_t i) {
    if (next[i] == size) return;
    const std::int32_t* rank = ranks_.find(pair_of(tokens[i], tokens[next[i]]));
    if (rank) places.push({*rank, i, tokens[i], tokens[next[i]]});
  };
  for (std::uint32_t i = 0; i < size; ++i) {
    next[i] = i + 1;
    previous[i] = i - 1;
  }
  for (std::uint32_t i = 0; i < size; ++i) look_at(i);
  while (!places.empty()) {
    const Place place = places.top();
    places.pop();
    const std::uint32_t at = place.position;
    // What was merged away, or has another neighbour by now, was queued again in its new form.
    if (tokens[at] != place.left || next[at] == size || tokens[next[at]] != place.right) continue;
    tokens[next[at]] = no_token;
    tokens[at] = products_[static_cast<std::size_t>(place.rank)];
    next[at] = next[next[at]];
    if (next[at] != size) previous[next[at]] = at;
    look_at(at);
    if (at > 0) look_at(previous[at]);
  }
  TokenId* end = tokens;
  for (std::uint32_t i = 0; i != size; i = next[i]) *end++ = tokens[i];
  return end;
}

}  // namespace etude::bpe
