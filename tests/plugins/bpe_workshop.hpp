// What tests of the tokenizer bpe have in common.
#pragma once

#include <catch.hpp>
#include <etude/tokenizer.hpp>
#include <given_texts.hpp>
#include <nlohmann/json.hpp>
#include <plugins/loaded_plugins.hpp>
#include <random>

namespace etude::testing {

using Ids = std::vector<TokenId>;
using Strings = std::vector<std::string>;
using Json = nlohmann::ordered_json;

inline std::shared_ptr<Tokenizer> bpe(const Table& options) { return built_plugins().make_tokenizer("bpe", options); }

inline std::shared_ptr<Tokenizer> learned(const Table& options, Strings texts, int threads = 1) {
  auto tokenizer = bpe(options);
  GivenTexts documents(std::move(texts));
  tokenizer->learn(documents, threads);
  return tokenizer;
}

inline Ids encode(const Tokenizer& tokenizer, std::string_view text) {
  Ids ids;
  tokenizer.encode(text, ids);
  return ids;
}

inline Ids encode_marked(const Tokenizer& tokenizer, std::string_view text) {
  Ids ids;
  tokenizer.encode_marked(text, ids);
  return ids;
}

inline Json saved(const Tokenizer& tokenizer) {
  const TemporaryDirectory folder;
  tokenizer.save(folder.path() / "tokenizer.json");
  return Json::parse(read(folder.path() / "tokenizer.json"));
}

inline const Table study{{"vocab_size", 9}, {"initial_alphabet", false}};
inline const std::string aab = "aab aab aab\n";

/// Text of few words, each in many variations, so that merges of all lengths are learned.
inline std::string random_text(std::uint64_t seed, std::size_t words, const std::string& letters) {
  std::mt19937_64 random(seed);
  std::string text;
  while (words-- > 0) {
    for (std::size_t length = 1 + random() % 7; length > 0; --length) text += letters[random() % letters.size()];
    text += random() % 9 == 0 ? '\n' : ' ';
  }
  return text;
}

}  // namespace etude::testing
