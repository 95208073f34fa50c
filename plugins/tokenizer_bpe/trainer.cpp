#include "trainer.hpp"

#include <algorithm>
#include <array>
#include <etude/error.hpp>
#include <span>
#include <unordered_map>
#include <utility>

#include "byte_alphabet.hpp"
#include "neighbours.hpp"
#include "pair_table.hpp"
#include "word_lists.hpp"

namespace etude::bpe {
namespace {

/// A pair that waits to be merged, with the words where it may stand. A pair can wait more than once, with other words.
struct Candidate {
  std::int64_t count;  ///< when it was put into the queue; it may have changed since
  std::uint64_t pair;
  std::span<const WordIndex> words;
};

/// The most frequent pair comes first; of equally frequent ones that of the smaller ids.
bool comes_later(const Candidate& a, const Candidate& b) { return a.count != b.count ? a.count < b.count : a.pair > b.pair; }

/// A word that shrinks as its tokens are merged.
struct Word {
  std::size_t first;  ///< in the symbols
  std::uint32_t size;
  std::int64_t count;
};

/// The loop of Sennrich et al. (2016), with the bookkeeping of Hugging Face `tokenizers`, whose corners decide what is learned:
/// the count of a pair that was merged is not reset, a token that several merges spell is one token, and a pair that comes up
/// again waits with its new words alone.
class Trainer {
 public:
  explicit Trainer(const TrainerSettings& settings) : settings_(settings) {}

  Vocabulary train(const std::vector<CountedWord>& words) {
    for (const auto& special : settings_.specials) token(special);
    add_alphabet(words);
    add_words(words);
    count_pairs(words);
    merge_pairs();
    return std::move(vocabulary_);
  }

 private:
  TokenId token(const std::string& spelling) {
    const auto [found, is_new] = ids_.try_emplace(spelling, static_cast<TokenId>(vocabulary_.tokens.size()));
    if (is_new) vocabulary_.tokens.push_back(spelling);
    return found->second;
  }

  void add_alphabet(const std::vector<CountedWord>& words) {
    std::array<bool, 256> seen{};
    seen.fill(settings_.initial_alphabet);
    for (const auto& word : words)
      for (const char byte : word.bytes) seen[static_cast<unsigned char>(byte)] = true;
    std::vector<unsigned char> bytes;
    for (int byte = 0; byte < 256; ++byte)
      if (seen[static_cast<std::size_t>(byte)]) bytes.push_back(static_cast<unsigned char>(byte));
    std::sort(bytes.begin(), bytes.end(), [](unsigned char a, unsigned char b) { return letter_of(a) < letter_of(b); });
    for (const unsigned char byte : bytes) {
      const char text = static_cast<char>(byte);
      byte_ids_[byte] = token(spelled({&text, 1}));
    }
    if (static_cast<std::int64_t>(vocabulary_.tokens.size()) > settings_.vocab_size)
      throw usage_error(text("vocab_size ", settings_.vocab_size, " has no room for ", settings_.specials.size(),
                             " special tokens and the ", bytes.size(), " bytes of the text"),
                        text("set vocab_size to ", vocabulary_.tokens.size(), " or more"));
  }

  void add_words(const std::vector<CountedWord>& words) {
    std::size_t bytes = 0;
    for (const auto& word : words) bytes += word.bytes.size();
    symbols_.reserve(bytes);
    words_.reserve(words.size());
    for (const auto& word : words) {
      words_.push_back({symbols_.size(), static_cast<std::uint32_t>(word.bytes.size()), word.count});
      for (const char byte : word.bytes) symbols_.push_back(byte_ids_[static_cast<unsigned char>(byte)]);
    }
  }

  /// Every pair of neighbouring bytes becomes a candidate, with the words where it stands.
  void count_pairs(const std::vector<CountedWord>& words) {
    struct Pair {
      std::int64_t count = 0;
      std::size_t size = 0;     ///< of the list
      WordIndex last_word = 0;  ///< + 1
      std::span<WordIndex> words;
    };
    std::vector<Pair> pairs(256 * 256);
    const auto for_each_pair = [&](auto visit) {
      for (WordIndex index = 0; index < words.size(); ++index) {
        const std::string_view bytes = words[index].bytes;
        for (std::size_t i = 1; i < bytes.size(); ++i) {
          const int left = static_cast<unsigned char>(bytes[i - 1]), right = static_cast<unsigned char>(bytes[i]);
          Pair& pair = pairs[static_cast<std::size_t>(left << 8 | right)];
          visit(pair, index, pair.last_word != index + 1);
          pair.last_word = index + 1;
        }
      }
    };
    for_each_pair([&](Pair& pair, WordIndex word, bool first) {
      pair.count += words[word].count;
      pair.size += first;
    });
    for (Pair& pair : pairs) {
      pair.words = word_lists_.make(std::exchange(pair.size, 0));
      pair.last_word = 0;
    }
    for_each_pair([&](Pair& pair, WordIndex word, bool first) {
      if (first) pair.words[pair.size++] = word;
    });
    for (std::size_t bytes = 0; bytes < pairs.size(); ++bytes) {
      if (pairs[bytes].count == 0) continue;
      const std::uint64_t pair = pair_of(byte_ids_[bytes >> 8], byte_ids_[bytes & 255]);
      counts_[pair] = pairs[bytes].count;
      queue_.push_back({pairs[bytes].count, pair, pairs[bytes].words});
    }
    std::make_heap(queue_.begin(), queue_.end(), comes_later);
  }

  void push(const Candidate& candidate) {
    queue_.push_back(candidate);
    std::push_heap(queue_.begin(), queue_.end(), comes_later);
  }

  Candidate pop() {
    std::pop_heap(queue_.begin(), queue_.end(), comes_later);
    const Candidate top = queue_.back();
    queue_.pop_back();
    return top;
  }

  void merge_pairs() {
    const std::int64_t least = std::max<std::int64_t>(settings_.min_frequency, 1);
    while (static_cast<std::int64_t>(vocabulary_.tokens.size()) < settings_.vocab_size && !queue_.empty()) {
      Candidate top = pop();
      const std::int64_t count = *counts_.find(top.pair);
      if (count != top.count) {
        top.count = count;
        push(top);
      } else if (count < least) {
        break;
      } else {
        merge(top);
      }
    }
    forget_repeated_merges();
  }

  void merge(const Candidate& top) {
    const TokenId left = left_of(top.pair), right = right_of(top.pair);
    const TokenId product =
        token(vocabulary_.tokens[static_cast<std::size_t>(left)] + vocabulary_.tokens[static_cast<std::size_t>(right)]);
    vocabulary_.merges.push_back({left, right, product});
    for (std::size_t i = 0; i < top.words.size(); ++i) {
      fetch_ahead(top.words, i);
      merge_in(top.words[i], left, right, product);
    }
    for (const TokenId before : before_.touched()) {
      counts_[pair_of(before, left)] -= before_[before].count;
      counts_[pair_of(before, product)] += before_[before].count;
    }
    for (const TokenId after : after_.touched()) {
      counts_[pair_of(right, after)] -= after_[after].count;
      counts_[pair_of(product, after)] += after_[after].count;
    }
    queue_new_pairs(product);
    before_.clear();
    after_.clear();
  }

  /// Words lie scattered over far more memory than the caches hold: asks for them before their turn.
  void fetch_ahead(std::span<const WordIndex> words, std::size_t i) const {
    constexpr std::size_t near = 8, far = 16;
    if (i + far < words.size()) __builtin_prefetch(&words_[words[i + far]]);
    if (i + near >= words.size()) return;
    const Word& word = words_[words[i + near]];
    for (std::uint32_t symbol = 0; symbol < word.size; symbol += 16) __builtin_prefetch(&symbols_[word.first + symbol], 1);
  }

  void merge_in(WordIndex index, TokenId left, TokenId right, TokenId product) {
    Word& word = words_[index];
    TokenId* const symbols = symbols_.data() + word.first;
    std::uint32_t from = 0;
    while (from + 1 < word.size && (symbols[from] != left || symbols[from + 1] != right)) ++from;
    if (from + 1 >= word.size) return;
    std::uint32_t to = from;
    while (from < word.size) {
      if (symbols[from] != left || from + 1 == word.size || symbols[from + 1] != right) {
        symbols[to++] = symbols[from++];
        continue;
      }
      if (to > 0) before_.add(symbols[to - 1], index, word.count);
      symbols[to++] = product;
      from += 2;
      if (from < word.size) after_.add(symbols[from], index, word.count);
    }
    word.size = to;
  }

  void queue_new_pairs(TokenId product) {
    const auto queue = [&](std::uint64_t pair, std::span<const WordIndex> words) {
      const std::int64_t count = *counts_.find(pair);
      if (count <= 0) return;
      const auto list = word_lists_.make(words.size());
      std::copy(words.begin(), words.end(), list.begin());
      push({count, pair, list});
    };
    for (const TokenId before : before_.touched())
      if (before != product) queue(pair_of(before, product), before_[before].words);
    for (const TokenId after : after_.touched())
      if (after != product) queue(pair_of(product, after), after_[after].words);
    // The product beside itself is one pair, whichever side it was found on.
    const bool twice = std::count(before_.touched().begin(), before_.touched().end(), product) > 0 ||
                       std::count(after_.touched().begin(), after_.touched().end(), product) > 0;
    if (!twice) return;
    std::vector<WordIndex> words;
    for (Neighbours* side : {&before_, &after_})
      if (std::count(side->touched().begin(), side->touched().end(), product) > 0)
        words.insert(words.end(), (*side)[product].words.begin(), (*side)[product].words.end());
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    queue(pair_of(product, product), words);
  }

  /// A pair merged twice counts where it was merged last.
  void forget_repeated_merges() {
    auto& merges = vocabulary_.merges;
    PairTable<std::size_t> last(merges.size());
    for (std::size_t i = 0; i < merges.size(); ++i) last[pair_of(merges[i].left, merges[i].right)] = i;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < merges.size(); ++i)
      if (*last.find(pair_of(merges[i].left, merges[i].right)) == i) merges[kept++] = merges[i];
    merges.resize(kept);
  }

  const TrainerSettings& settings_;
  Vocabulary vocabulary_;
  std::unordered_map<std::string, TokenId> ids_;
  std::array<TokenId, 256> byte_ids_{};
  std::vector<TokenId> symbols_;
  std::vector<Word> words_;
  PairTable<std::int64_t> counts_;
  WordLists word_lists_;
  std::vector<Candidate> queue_;  ///< a heap
  Neighbours before_, after_;
};

}  // namespace

Vocabulary train(const std::vector<CountedWord>& words, const TrainerSettings& settings) {
  return Trainer(settings).train(words);
}

}  // namespace etude::bpe
