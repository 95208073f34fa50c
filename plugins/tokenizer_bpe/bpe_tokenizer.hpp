// Byte-level BPE as an Etude tokenizer.
#pragma once

#include <etude/plugin.hpp>
#include <memory>

#include "encoder.hpp"
#include "vocabulary.hpp"

namespace etude::bpe {

struct BpeOptions {
  std::int64_t vocab_size = 4096;
  std::int64_t min_frequency = 2;
  std::vector<std::string> specials{"<unk>", "<|endoftext|>"};
  std::string unknown = "<unk>";
  std::string end_of_text = "<|endoftext|>";
  bool initial_alphabet = true;
  std::string split = "gpt2";
  std::int64_t max_pretoken_megabytes = 48;
  std::filesystem::path file;

  static OptionTable fields();
};

/// Learns what `tokenizers` learns, and encodes documents as it encodes their lines.
class BpeTokenizer final : public Tokenizer {
 public:
  using Options = BpeOptions;
  explicit BpeTokenizer(const Options& options);

  void learn(DocumentSource& documents, int threads) override;
  void encode(std::string_view text, std::vector<TokenId>& ids) const override { encoder().encode(text, ids); }
  void encode_marked(std::string_view text, std::vector<TokenId>& ids) const override { encoder().encode_marked(text, ids); }
  /// Special tokens but for the end of text, which leaves no trace, come out as they are spelled.
  std::string decode(std::span<const TokenId> ids) const override;
  std::int64_t vocab_size() const override { return vocab_size_; }
  std::optional<TokenId> end_of_text() const override { return end_of_text_; }
  std::optional<TokenId> unknown() const override { return vocabulary_.unknown; }
  bool lossless() const override { return lossless_; }
  void save(const std::filesystem::path& file) const override;
  void load(const std::filesystem::path& file) override;

 private:
  void use(Vocabulary vocabulary);
  const Encoder& encoder() const {
    if (!encoder_) throw Error("the bpe tokenizer has learned nothing yet");
    return *encoder_;
  }

  Options options_;
  Vocabulary vocabulary_;
  std::int64_t vocab_size_;
  std::optional<TokenId> end_of_text_;
  bool lossless_;
  std::vector<std::string> texts_;    ///< by id
  std::unique_ptr<Encoder> encoder_;  ///< null until something was learned
};

}  // namespace etude::bpe
