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

Encoder::Encoder(const Vocabulary& vocabulary)
    : split_(vocabulary.split), ranks_(vocabulary.merges.size()), added_(vocabulary.added) {
  byte_ids_.fill(vocabulary.unknown.value_or(no_token));
  std::vector<bool> is_added(vocabulary.tokens.size(), false);
  for (const auto& added : added_) {
    is_added[static_cast<std::size_t>(added.id)] = true;
    begins_added_[static_cast<unsigned char>(added.content.front())] = true;
  }
  std::stable_sort(added_.begin(), added_.end(),
                   [](const AddedToken& a, const AddedToken& b) { return a.content.size() > b.content.size(); });
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
  WordCache& cache = lease.cache();
  const char* const end = text.data() + text.size();
  for_each_pretoken(text, split_, [&](std::string_view word) {
    if (word.size() > ShortWord::max_size) return encode_word(word, ids);
    const ShortWord key = short_word(word, end);
    std::size_t size = 0;
    if (const TokenId* known = cache.find(key, size)) {
      ids.insert(ids.end(), known, known + size);
    } else {
      const std::size_t begin = ids.size();
      encode_word(word, ids);
      cache.put(key, std::span(ids).subspan(begin));
    }
  });
}

void Encoder::encode_marked(std::string_view text, std::vector<TokenId>& ids) const {
  std::size_t plain = 0;  // where what is not yet encoded begins
  for (std::size_t at = 0; at < text.size();) {
    const AddedToken* added = begins_added_[static_cast<unsigned char>(text[at])] ? added_token_at(text.substr(at)) : nullptr;
    if (!added) {
      ++at;
      continue;
    }
    encode(text.substr(plain, at - plain), ids);
    ids.push_back(added->id);
    at += added->content.size();
    plain = at;
  }
  encode(text.substr(plain), ids);
}

const AddedToken* Encoder::added_token_at(std::string_view text) const {
  for (const auto& added : added_)
    if (text.starts_with(added.content)) return &added;
  return nullptr;
}

void Encoder::encode_word(std::string_view word, std::vector<TokenId>& ids) const {
  const std::size_t begin = ids.size();
  for (const char byte : word) ids.push_back(byte_ids_[static_cast<unsigned char>(byte)]);
  if (word.size() <= short_word_tokens) {
    merge_short(ids, begin);
  } else {
    merge_long(ids, begin);
  }
}

/// Merges, again and again, the pair of the lowest rank, the leftmost of equals.
void Encoder::merge_short(std::vector<TokenId>& ids, std::size_t begin) const {
  TokenId* const tokens = ids.data() + begin;
  std::size_t size = ids.size() - begin;
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
  ids.resize(begin + size);
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
void Encoder::merge_long(std::vector<TokenId>& ids, std::size_t begin) const {
  TokenId* const tokens = ids.data() + begin;
  const auto size = static_cast<std::uint32_t>(ids.size() - begin);
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
  std::size_t kept = 0;
  for (std::uint32_t i = 0; i != size; i = next[i]) tokens[kept++] = tokens[i];
  ids.resize(begin + kept);
}

}  // namespace etude::bpe
