// Every plugin of this build keeps the promises of its interface, as the SDK's suites try them; and the suites notice what does
// not.
#include <torch/torch.h>

#include <atomic>
#include <etude/architecture.hpp>
#include <etude/plugin.hpp>
#include <etude/testing.hpp>

#include "../catch.hpp"
#include "../unit/plugin_files.hpp"
#include "installed_catalogue.hpp"

using namespace etude;
using namespace etude::test;

namespace {

std::string joined(const testing::BrokenPromises& broken) {
  std::string out;
  for (const auto& promise : broken) out += promise + '\n';
  return out;
}

std::vector<std::string> ids_of(Kind kind) {
  std::vector<std::string> ids;
  for (const auto& plugin : catalogue().plugins())
    for (const auto& part : plugin.parts)
      if (part.kind == kind) ids.push_back(part.id);
  return ids;
}

const std::vector<std::string> tunes{"X:1\nT:The Kesh\nM:6/8\nK:G\nGAG GAB|ABA ABd|\n", "X:2\nT:Café ♯\nK:C\nCDEF GABc|\n"};

bool mentions(const testing::BrokenPromises& broken, const std::string& words) {
  return joined(broken).find(words) != std::string::npos;
}

}  // namespace

TEST_CASE("Every plugin of this build loads") {
  CHECK(catalogue().rejected().empty());
  CHECK(catalogue().plugins().size() >= 7);
}

TEST_CASE("Every part's options are well declared") {
  for (const auto& plugin : catalogue().plugins())
    for (const auto& part : plugin.parts) {
      INFO(name(part.kind) << ' ' << part.id);
      CHECK(joined(testing::check_options(part.options)).empty());
    }
}

TEST_CASE("Every tokenizer keeps its promises") {
  for (const auto& id : ids_of(Kind::tokenizer)) {
    INFO("tokenizer " << id);
    CHECK(joined(testing::check_tokenizer([&] { return catalogue().make_tokenizer(id, {}); }, tunes)).empty());
  }
}

TEST_CASE("The architectures that choose their shape by size come within a tenth of it, from tiny to large vocabularies") {
  const std::string id = GENERATE("gpt", "lstm");
  INFO("architecture " << id);
  const Part& part = catalogue().find(Kind::architecture, id);
  CHECK(joined(testing::check_sizes(part, ModelContext{64, 256}, {4e4, 1e5, 3e5, 1e6, 3e6, 1e7})).empty());
  CHECK(joined(testing::check_sizes(part, ModelContext{96, 128}, {3e4, 9e4, 3e5, 7e5})).empty());
  CHECK(joined(testing::check_sizes(part, ModelContext{4096, 1024}, {1e6, 3e6, 1e7})).empty());
}

TEST_CASE("Every architecture keeps its promises") {
  const auto [id, options] = GENERATE(table<std::string, Table>({
      {"gpt", {{"n_layer", 2}, {"n_head", 2}, {"n_embd", 16}, {"dropout", 0.0}}},
      {"gpt", {{"n_layer", 2}, {"n_head", 4}, {"n_embd", 16}, {"dropout", 0.2}, {"bias", true}, {"tied", false}}},
      {"gpt", {{"n_layer", 1}, {"n_head", 1}, {"n_embd", 8}, {"dropout", 0.5}, {"dropout_after_attention_projection", false}}},
      {"lstm", {{"hidden_size", 12}, {"dropout", 0.0}}},
      {"lstm", {{"hidden_size", 16}, {"num_layers", 3}, {"dropout", 0.3}}},
  }));
  INFO("architecture " << id << ' ' << Value(options).toml());
  const auto broken = testing::check_architecture(
      [&, id = id, options = options](const ModelContext& context) {
        return catalogue().make_architecture(id, options, context);
      },
      ModelContext{11, 16});
  CHECK(joined(broken).empty());
}

TEST_CASE("The text dataset keeps its promises") {
  const Folder folder;
  std::filesystem::create_directory(folder.path() / "b");
  folder.write("one.txt", "first\n---\nsecond\n---\n\n---\nthird");
  folder.write("b/two.txt", "fourth\n");
  const auto delimiter = GENERATE("", "---");
  const Table options{{"path", folder.path().string()}, {"delimiter", delimiter}};
  CHECK(joined(testing::check_dataset([&] { return catalogue().make_dataset("text", options, DatasetContext{}); })).empty());
}

TEST_CASE("The ABC dataset keeps its promises") {
  const Folder folder, cache;
  std::string tune = "T:A tune that is long enough to be kept by any cleaning\nM:4/4\nL:1/8\nK:C\n";
  for (int bar = 0; bar < 20; ++bar) tune += "CDEF GABc|\n";
  folder.write("one.abc", "X:1\n" + tune + "\nX:2\n" + tune + "cBAG|\n");
  folder.write("two.abc", "X:1\n" + tune + "GFED|\n");
  DatasetContext context;
  context.cache_directory = cache.path();
  const Table options{{"path", folder.path().string()}};
  CHECK(joined(testing::check_dataset([&] { return catalogue().make_dataset("abc_files", options, context); })).empty());
}

namespace {

/// Looks into the future, forgets in decode(), and leaves a parameter out of its groups.
class Cheat final : public Architecture {
 public:
  explicit Cheat(const ModelContext& context) : Architecture(context) {
    embed_ = register_module("embed", torch::nn::Embedding(context.vocab_size, context.vocab_size));
    gain_ = register_parameter("gain", torch::ones({context.vocab_size}));
  }
  torch::Tensor forward(const torch::Tensor& tokens) override {
    const auto embedded = embed_(tokens) * gain_;
    return embedded + embedded.mean(1, true);
  }
  torch::Tensor decode(const torch::Tensor& tokens, DecodeState&) override { return embed_(tokens.select(1, -1)); }
  std::vector<ParameterGroup> parameter_groups() override { return {{{embed_->weight}, 1.0}}; }
  ParameterCounts parameter_counts() const override { return {1, 2, 3}; }

 private:
  torch::nn::Embedding embed_{nullptr};
  torch::Tensor gain_;
};

/// Chooses the same width whatever is asked for, forgets what is wanted, and never gives up.
class Stubborn final : public Architecture {
 public:
  struct Options {
    std::int64_t width = 4;
    bool fast = false;
    static auto fields() {
      return etude::fields(field(&Options::width, "width", "Width", at_least(1)), field(&Options::fast, "fast", "Fast or slow"));
    }
  };
  static Options sized(const Options&, const ModelContext&, double) { return {}; }
  Stubborn(const Options& options, const ModelContext& context) : Architecture(context) {
    embed_ = register_module("embed", torch::nn::Embedding(context.vocab_size, options.width));
  }
  torch::Tensor forward(const torch::Tensor& tokens) override { return embed_(tokens); }

 private:
  torch::nn::Embedding embed_{nullptr};
};

/// Loses capitals, knows an end of text that it also encodes, and saves nothing.
class Shouter final : public Tokenizer {
 public:
  void learn(DocumentSource&, int) override {}
  void encode(std::string_view text, std::vector<TokenId>& ids) const override {
    ids.clear();
    for (const char c : text) ids.push_back(std::toupper(static_cast<unsigned char>(c)));
  }
  std::string decode(std::span<const TokenId> ids) const override { return {ids.begin(), ids.end()}; }
  std::int64_t vocab_size() const override { return 128; }
  std::optional<TokenId> end_of_text() const override { return 'X'; }
  bool lossless() const override { return true; }
  void save(const std::filesystem::path&) const override {}
  void load(const std::filesystem::path&) override {}
};

/// Gives the same id twice, and other texts the second time.
class Forgetful final : public Dataset {
 public:
  bool next(Document& document) override {
    if (left_ == 0) return false;
    document = {"same", "text " + std::to_string(++count_) + "\xff", {}};
    --left_;
    return true;
  }
  void rewind() override { left_ = 2; }
  std::string fingerprint() override { return std::to_string(++count_); }
  std::vector<int> transpositions() const override { return {0, 2, 2}; }
  std::optional<Document> variant(const std::string& id, int) override { return Document{id, std::to_string(++count_), {}}; }

 private:
  int left_ = 2;
  std::atomic<int> count_{0};
};

}  // namespace

TEST_CASE("A dishonest architecture is caught in each of its lies") {
  const auto broken = testing::check_architecture([](const ModelContext& context) { return std::make_shared<Cheat>(context); },
                                                  ModelContext{8, 16});
  CHECK(mentions(broken, "logits before position 1 do not depend on the token there"));
  CHECK(mentions(broken, "decode() token by token gives the logits of forward()"));
  CHECK(mentions(broken, "parameter gain is in one group, once"));
  CHECK(mentions(broken, "add up to the model's 72 parameters, not 6"));
  CHECK(mentions(broken, "more tokens than context_length are an Error"));
}

TEST_CASE("A dishonest tokenizer is caught in each of its lies") {
  const auto broken = testing::check_tokenizer([] { return std::make_shared<Shouter>(); }, tunes);
  CHECK(mentions(broken, "decode(encode(x)) is x for learned text"));
  CHECK(mentions(broken, "decode(encode(x)) is x for any bytes"));
  CHECK(mentions(broken, "encode() gives ids in [0, vocab_size())"));
  CHECK(mentions(broken, "never gives end_of_text()"));
  CHECK(mentions(broken, "encode() appends"));
  CHECK(mentions(broken, "save() writes one file"));
  CHECK(mentions(broken, "load() of another kind of file is an Error"));
}

TEST_CASE("A dishonest dataset is caught in each of its lies") {
  const auto broken = testing::check_dataset([] { return std::make_shared<Forgetful>(); });
  CHECK(mentions(broken, "id \"same\" is not empty and stands once"));
  CHECK(mentions(broken, "document same is UTF-8"));
  CHECK(mentions(broken, "rewind() gives the same documents again"));
  CHECK(mentions(broken, "fingerprint() stays while the sources do"));
  CHECK(mentions(broken, "transpositions() stand once each, without 0"));
  CHECK(mentions(broken, "variant() of an unknown id gives nothing"));
  CHECK(mentions(broken, "the variant of same by 2 has an id that stands once"));
  CHECK(mentions(broken, "the variant of same by 2 is the same from another object"));
  CHECK(mentions(broken, "the variant of same by 2 is the same from several threads as from one"));
}

TEST_CASE("The suite for sizes notices an architecture that does not keep to them") {
  Registry registry;
  registry.add<Stubborn>("stubborn", "Takes one size");
  const auto broken = testing::check_sizes(registry.parts().at(0), ModelContext{10, 8}, {40, 400});
  CHECK(mentions(broken, "sized() for 400 parameters gives a model within a tenth of that, not one of 40"));
  CHECK(mentions(broken, "models of larger sizes are larger"));
  CHECK(mentions(broken, "sized() keeps fast as it is wanted"));
  CHECK(mentions(broken, "sized() for a single parameter is an Error"));
  CHECK_FALSE(mentions(broken, "sized() for 40 parameters"));
  Part lstm = catalogue().find(Kind::architecture, "lstm");
  lstm.sized = nullptr;
  CHECK(mentions(testing::check_sizes(lstm, ModelContext{10, 8}, {4000}), "architecture lstm offers sized()"));
}
