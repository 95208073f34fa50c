// Parts for tests of sizes: an architecture that chooses its shape, and a tokenizer that is asked for its vocabulary.
#pragma once

#include <etude/architecture.hpp>

#include "experiment_fixture.hpp"

namespace etude::testing {

struct SizedCharOptions {
  std::int64_t vocab_size = 64;
  bool learned = false;  ///< the vocabulary is known once it has learned
  static auto fields() {
    return etude::fields(field(&SizedCharOptions::vocab_size, "vocab_size", "Ids", at_least(2)),
                         field(&SizedCharOptions::learned, "learned", "Whether nothing is known before"));
  }
};

/// Knows its vocabulary, and nothing else.
class SizedChar final : public Tokenizer {
 public:
  explicit SizedChar(std::int64_t vocab_size) : vocab_size_(vocab_size) {}
  void learn(DocumentSource&, int) override {}
  void encode(std::string_view, std::vector<TokenId>&) const override {}
  std::string decode(std::span<const TokenId>) const override { return {}; }
  std::int64_t vocab_size() const override { return vocab_size_; }
  bool lossless() const override { return false; }
  void save(const std::filesystem::path&) const override {}
  void load(const std::filesystem::path&) override {}

 private:
  std::int64_t vocab_size_;
};

/// test_catalogue() with a gpt that has vocab_size x context_length parameters a block, of which it chooses n_layer.
inline Catalogue sizing_catalogue() {
  PluginFile plugin = test_catalogue().plugins().front();
  for (Part& part : plugin.parts) {
    if (part.id == "char") {
      part.options = SizedCharOptions::fields();
      part.make = TokenizerFactory([](const Table& options) {
        const bool learned = *options.find("learned")->get_if<bool>();
        return std::make_shared<SizedChar>(learned ? 0 : *options.find("vocab_size")->get_if<std::int64_t>());
      });
    }
    if (part.id == "gpt")
      part.sized = [](const Table& options, const ModelContext& context, double parameters) {
        const auto block = context.vocab_size * context.context_length;
        const auto layers = std::llround(parameters / static_cast<double>(block));
        if (layers < 1) throw usage_error(text("no gpt has ", parameters, " parameters"), text("the smallest has ", block));
        Table chosen = options;
        chosen.set("n_layer", Value(std::int64_t{layers}));
        return chosen;
      };
  }
  return Catalogue({plugin});
}

}  // namespace etude::testing
