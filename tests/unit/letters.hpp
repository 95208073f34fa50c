// A tokenizer for tests: a..z are 0..25, the line end is 26, anything else is 27, the unknown id.
#pragma once

#include <etude/tokenizer.hpp>

namespace etude::testing {

class Letters final : public Tokenizer {
 public:
  void learn(DocumentSource&, int) override {}
  void encode(std::string_view text, std::vector<TokenId>& ids) const override {
    for (const char letter : text) ids.push_back(letter >= 'a' && letter <= 'z' ? letter - 'a' : letter == '\n' ? 26 : 27);
  }
  std::string decode(std::span<const TokenId> ids) const override {
    std::string text;
    for (const auto id : ids) text += id < 26 ? std::string(1, static_cast<char>('a' + id)) : id == 26 ? "\n" : "\xEF\xBF\xBD";
    return text;
  }
  std::int64_t vocab_size() const override { return 28; }
  std::optional<TokenId> unknown() const override { return 27; }
  bool lossless() const override { return false; }
  void save(const std::filesystem::path&) const override {}
  void load(const std::filesystem::path&) override {}
};

}  // namespace etude::testing
