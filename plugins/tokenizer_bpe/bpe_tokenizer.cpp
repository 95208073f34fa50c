#include "bpe_tokenizer.hpp"

#include <algorithm>
#include <functional>

#include "byte_alphabet.hpp"
#include "document_counter.hpp"
#include "tokenizer_file.hpp"
#include "trainer.hpp"

namespace etude::bpe {
namespace {

SplitRule split_rule(const std::string& name) { return name == "bars" ? SplitRule::bars : SplitRule::gpt2; }

std::optional<TokenId> index_of(const std::vector<std::string>& specials, const std::string& name) {
  const auto found = std::find(specials.begin(), specials.end(), name);
  return found == specials.end() ? std::nullopt : std::optional(static_cast<TokenId>(found - specials.begin()));
}

void check_role(const BpeOptions& options, const char* option, const std::string& name) {
  if (!name.empty() && !index_of(options.specials, name))
    throw usage_error(text("tokenizer.", option, " is ", name, ", which is not one of tokenizer.specials"),
                      text("add it to specials, or set ", option, " = \"\" to do without"));
}

void check_options(const BpeOptions& options) {
  for (const auto& special : options.specials) {
    if (const auto problem = problem_with_added(special); !problem.empty())
      throw usage_error(text("tokenizer.specials: ", problem));
    if (std::count(options.specials.begin(), options.specials.end(), special) > 1)
      throw usage_error(text("tokenizer.specials has ", special, " twice"));
  }
  check_role(options, "unknown", options.unknown);
  check_role(options, "end_of_text", options.end_of_text);
  if (!options.unknown.empty() && options.unknown == options.end_of_text)
    throw usage_error(text("tokenizer.unknown and tokenizer.end_of_text are both ", options.unknown));
  if (options.unknown.empty() && !options.initial_alphabet)
    throw usage_error("tokenizer.unknown is empty, and without tokenizer.initial_alphabet bytes can come that were not learned",
                      "name one of specials as unknown, or set initial_alphabet = true");
  const auto least = static_cast<std::int64_t>(options.specials.size()) + (options.initial_alphabet ? 256 : 1);
  if (options.vocab_size < least)
    throw usage_error(
        text("tokenizer.vocab_size is ", options.vocab_size, ", and the special tokens",
             options.initial_alphabet ? " and 256 bytes" : " and a byte", " alone take ", least),
        text("set vocab_size to ", least, " or more", options.initial_alphabet ? ", or initial_alphabet = false" : ""));
}

}  // namespace

OptionTable BpeOptions::fields() {
  return etude::fields(
      field(&BpeOptions::vocab_size, "vocab_size", "Number of ids, exactly; those that were not learned stay unused",
            between(2, 1 << 24)),
      field(&BpeOptions::min_frequency, "min_frequency", "A pair of tokens that stands less often is not merged", at_least(1)),
      field(&BpeOptions::specials, "specials", "Special tokens, which get the first ids"),
      field(&BpeOptions::unknown, "unknown", "The special token of bytes that were not learned; empty: none"),
      field(&BpeOptions::end_of_text, "end_of_text", "The special token that ends a document; empty: none"),
      field(&BpeOptions::initial_alphabet, "initial_alphabet",
            "Give all 256 bytes a token, so that any text can be encoded without loss"),
      field(&BpeOptions::split, "split", "Where merges stop: at words, as GPT-2's pattern finds them, or at the bars of ABC",
            one_of({"gpt2", "bars"})),
      field(&BpeOptions::max_pretoken_megabytes, "max_pretoken_megabytes",
            "Room for the distinct pretokens of the training text; if they need more, the rarest are not learned from",
            between(1, 1'000'000)),
      field(&BpeOptions::file, "file",
            "A tokenizer.json to use instead of learning one; all other options but end_of_text then follow the file"));
}

BpeTokenizer::BpeTokenizer(const Options& options)
    : options_(options), vocab_size_(options.vocab_size), lossless_(options.initial_alphabet) {
  if (!options.file.empty()) {
    use(read_tokenizer_file(options.file));
    if (!end_of_text_ && !options.end_of_text.empty() && options.end_of_text != BpeOptions{}.end_of_text)
      throw usage_error(
          text("tokenizer.end_of_text is ", options.end_of_text, ", which is no added token of ", options.file.string()));
    return;
  }
  check_options(options);
  end_of_text_ = index_of(options.specials, options.end_of_text);
  vocabulary_.unknown = index_of(options.specials, options.unknown);
  vocabulary_.split = split_rule(options.split);
}

void BpeTokenizer::learn(DocumentSource& documents, int threads) {
  if (!options_.file.empty()) return;
  const auto max_weight = static_cast<std::size_t>(options_.max_pretoken_megabytes) * 1000 * 1000;
  const WordCounts counts = DocumentCounter(documents, split_rule(options_.split), threads, max_weight).count();
  std::vector<CountedWord> words;
  words.reserve(counts.size());
  counts.for_each([&](std::string_view bytes, std::int64_t count) { words.push_back({bytes, count}); });
  // In the order of memory: the trainer goes through them several times.
  std::sort(words.begin(), words.end(),
            [](const CountedWord& a, const CountedWord& b) { return std::less<>()(a.bytes.data(), b.bytes.data()); });
  Vocabulary learned = train(words, {options_.vocab_size, options_.min_frequency, options_.specials, options_.initial_alphabet});
  for (std::size_t id = 0; id < options_.specials.size(); ++id)
    learned.added.push_back({static_cast<TokenId>(id), options_.specials[id]});
  learned.split = split_rule(options_.split);
  learned.unknown = index_of(options_.specials, options_.unknown);
  use(std::move(learned));
}

void BpeTokenizer::use(Vocabulary vocabulary) {
  check(vocabulary);
  vocabulary_ = std::move(vocabulary);
  if (!options_.file.empty()) vocab_size_ = static_cast<std::int64_t>(vocabulary_.tokens.size());
  end_of_text_.reset();
  texts_.clear();
  int bytes = 0;
  for (const auto& token : vocabulary_.tokens) {
    const auto piece = unspelled(token);
    texts_.push_back(piece ? *piece : token);
    bytes += piece && piece->size() == 1;
  }
  for (const auto& added : vocabulary_.added) {
    texts_[static_cast<std::size_t>(added.id)] = added.content;
    if (added.content == options_.end_of_text) end_of_text_ = added.id;
  }
  lossless_ = bytes == 256;
  encoder_ = std::make_unique<Encoder>(vocabulary_);
}

std::string BpeTokenizer::decode(std::span<const TokenId> ids) const {
  std::string text;
  text.reserve(4 * ids.size());
  for (const TokenId id : ids) {
    if (id == end_of_text_) continue;
    const bool known = id >= 0 && static_cast<std::size_t>(id) < texts_.size() && !texts_[static_cast<std::size_t>(id)].empty();
    text += known && id != vocabulary_.unknown ? texts_[static_cast<std::size_t>(id)] : "\uFFFD";
  }
  return text;
}

void BpeTokenizer::load(const std::filesystem::path& file) {
  Vocabulary vocabulary = read_tokenizer_file(file);
  if (options_.file.empty()) {
    if (static_cast<std::int64_t>(vocabulary.tokens.size()) > vocab_size_)
      throw Error(text(file.string(), " has ", vocabulary.tokens.size(), " tokens, and tokenizer.vocab_size is ", vocab_size_));
    if (vocabulary.split != split_rule(options_.split))
      throw Error(text(file.string(), " splits ", vocabulary.split == SplitRule::bars ? "at bars" : "as GPT-2 does",
                       ", and tokenizer.split is ", options_.split));
  }
  use(std::move(vocabulary));
  if (options_.file.empty() && (end_of_text_ != index_of(options_.specials, options_.end_of_text) ||
                                unknown() != index_of(options_.specials, options_.unknown)))
    throw Error(text(file.string(), " has other special tokens than tokenizer.specials"));
}

void BpeTokenizer::save(const std::filesystem::path& file) const {
  encoder();  // refuses to save nothing
  write_tokenizer_file(file, vocabulary_);
}

}  // namespace etude::bpe
