// A token a character: the most frequent characters of the training text, everything else unknown.
#include <algorithm>
#include <etude/plugin.hpp>
#include <etude/unicode.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <unordered_map>

namespace {

struct CharOptions {
  std::int64_t vocab_size = 128;

  static auto fields() {
    return etude::fields(
        etude::field(&CharOptions::vocab_size, "vocab_size",
                     "Number of ids, exactly: id 0 is the unknown character, the most frequent characters get the others",
                     etude::between(2, 0x110000)));
  }
};

/// Id 0 is unknown and no character; the kept characters follow in code-point order; ids after them stay without a character.
class CharTokenizer final : public etude::Tokenizer {
 public:
  using Options = CharOptions;
  explicit CharTokenizer(const Options& options) : vocab_size_(options.vocab_size) { keep({}); }

  void learn(etude::DocumentSource& documents, int threads) override;
  void encode(std::string_view text, std::vector<etude::TokenId>& ids) const override;
  std::string decode(std::span<const etude::TokenId> ids) const override;
  std::int64_t vocab_size() const override { return vocab_size_; }
  std::optional<etude::TokenId> unknown() const override { return 0; }
  bool lossless() const override { return false; }
  void save(const std::filesystem::path& file) const override;
  void load(const std::filesystem::path& file) override;

 private:
  struct Counted {
    char32_t character;
    std::int64_t count;  ///< in the training text
  };
  void keep(std::vector<Counted> characters);
  etude::TokenId id_of(char32_t character) const;

  std::int64_t vocab_size_;
  std::vector<Counted> characters_;                    ///< characters_[id - 1]
  std::vector<etude::TokenId> low_;                    ///< ids of the characters below U+10000: nearly all that occur
  std::unordered_map<char32_t, etude::TokenId> high_;  ///< ids of the others
};

void CharTokenizer::keep(std::vector<Counted> characters) {
  std::sort(characters.begin(), characters.end(), [](const Counted& a, const Counted& b) { return a.character < b.character; });
  characters_ = std::move(characters);
  low_.assign(0x10000, 0);
  high_.clear();
  etude::TokenId id = 0;
  for (const auto& [character, count] : characters_) {
    ++id;
    if (character < low_.size()) {
      low_[character] = id;
    } else {
      high_[character] = id;
    }
  }
}

etude::TokenId CharTokenizer::id_of(char32_t character) const {
  if (character < low_.size()) return low_[character];
  const auto found = high_.find(character);
  return found == high_.end() ? 0 : found->second;
}

void CharTokenizer::learn(etude::DocumentSource& documents, int /*threads: reading is the bottleneck*/) {
  std::unordered_map<char32_t, std::int64_t> counts;
  std::vector<std::int64_t> ascii(128, 0);
  for (etude::Document document; documents.next(document);) {
    etude::for_each_code_point(document.text, [&](const etude::CodePoint& point, std::size_t) {
      if (!point.valid) return;
      if (point.value < 128) {
        ++ascii[point.value];
      } else {
        ++counts[point.value];
      }
    });
  }
  for (char32_t character = 0; character < 128; ++character)
    if (ascii[character] > 0) counts[character] = ascii[character];

  std::vector<Counted> ranked;
  ranked.reserve(counts.size());
  for (const auto& [character, count] : counts) ranked.push_back({character, count});
  std::sort(ranked.begin(), ranked.end(), [](const Counted& a, const Counted& b) {
    return a.count != b.count ? a.count > b.count : a.character < b.character;
  });
  ranked.resize(std::min<std::size_t>(ranked.size(), static_cast<std::size_t>(vocab_size_ - 1)));
  keep(std::move(ranked));
}

void CharTokenizer::encode(std::string_view text, std::vector<etude::TokenId>& ids) const {
  ids.reserve(ids.size() + text.size());
  etude::for_each_code_point(
      text, [&](const etude::CodePoint& point, std::size_t) { ids.push_back(point.valid ? id_of(point.value) : 0); });
}

std::string CharTokenizer::decode(std::span<const etude::TokenId> ids) const {
  std::string text;
  text.reserve(ids.size());
  for (const etude::TokenId id : ids) {
    const bool known = id >= 1 && static_cast<std::size_t>(id) <= characters_.size();
    etude::append_utf8(text, known ? characters_[static_cast<std::size_t>(id) - 1].character : etude::replacement_character);
  }
  return text;
}

void CharTokenizer::save(const std::filesystem::path& file) const {
  nlohmann::ordered_json json;
  json["tokenizer"] = "char";
  json["version"] = 1;
  json["vocab_size"] = vocab_size_;
  auto& characters = json["characters"] = nlohmann::ordered_json::array();
  for (const auto& [character, count] : characters_) {
    std::string text;
    etude::append_utf8(text, character);
    characters.push_back({text, count});
  }
  std::ofstream out(file, std::ios::binary);
  out << json.dump(1) << '\n';
  if (!out.flush()) throw etude::Error(etude::text("cannot write ", file.string()), "is the disk full, or the folder read-only?");
}

void CharTokenizer::load(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) throw etude::Error(etude::text("cannot read ", file.string()));
  std::vector<Counted> characters;
  std::int64_t vocab_size = 0;
  try {
    const auto json = nlohmann::json::parse(in);
    if (json.at("tokenizer") != "char" || json.at("version") != 1) throw etude::Error("another tokenizer's, or another version");
    vocab_size = json.at("vocab_size").get<std::int64_t>();
    for (const auto& entry : json.at("characters")) {
      const auto text = entry.at(0).get<std::string>();
      const auto point = text.empty() ? etude::CodePoint{} : etude::first_code_point(text);
      if (!point.valid || static_cast<std::size_t>(point.bytes) != text.size())
        throw etude::Error("an entry is not one character");
      if (!characters.empty() && characters.back().character >= point.value)
        throw etude::Error("its characters are not in code-point order");
      characters.push_back({point.value, entry.at(1).get<std::int64_t>()});
    }
    if (static_cast<std::int64_t>(characters.size()) >= vocab_size) throw etude::Error("it has more characters than ids");
  } catch (const std::exception& error) {
    throw etude::Error(etude::text(file.string(), " is not a vocabulary of the char tokenizer: ", error.what()));
  }
  if (vocab_size != vocab_size_)
    throw etude::Error(etude::text(file.string(), " has vocab_size ", vocab_size, ", and tokenizer.vocab_size is ", vocab_size_));
  keep(std::move(characters));
}

}  // namespace

ETUDE_PLUGIN("etude.tokenizer_char", "1.0.0", registry) {
  registry.add<CharTokenizer>("char", "A token a character, with an exact vocabulary size");
}
