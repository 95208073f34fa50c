// A token a byte: the simplest tokenizer there is, exact on anything.
#include <etude/plugin.hpp>
#include <fstream>

namespace {

constexpr etude::TokenId end_of_text_id = 256;
constexpr const char* saved_text = "Etude byte tokenizer 1\n";

class ByteTokenizer final : public etude::Tokenizer {
 public:
  explicit ByteTokenizer(const etude::NoOptions&) {}

  void learn(etude::DocumentSource&, int) override {}  // bytes are known beforehand

  void encode(std::string_view text, std::vector<etude::TokenId>& ids) const override {
    ids.reserve(ids.size() + text.size());
    for (const char c : text) ids.push_back(static_cast<unsigned char>(c));
  }

  /// The end of text is no character: it leaves no trace.
  std::string decode(std::span<const etude::TokenId> ids) const override {
    std::string text;
    text.reserve(ids.size());
    for (const etude::TokenId id : ids) {
      if (id >= 0 && id < 256) {
        text += static_cast<char>(id);
      } else if (id != end_of_text_id) {
        text += "\uFFFD";
      }
    }
    return text;
  }

  std::int64_t vocab_size() const override { return 257; }
  std::optional<etude::TokenId> end_of_text() const override { return end_of_text_id; }
  bool lossless() const override { return true; }

  void save(const std::filesystem::path& file) const override {
    std::ofstream out(file, std::ios::binary);
    if (!(out << saved_text << std::flush)) throw etude::Error(etude::text("cannot write ", file.string()));
  }

  void load(const std::filesystem::path& file) override {
    std::ifstream in(file, std::ios::binary);
    const std::string content(std::istreambuf_iterator<char>(in), {});
    if (content != saved_text)
      throw etude::Error(etude::text(file.string(), " was not saved by the byte tokenizer"), "prepare the corpus again");
  }
};

}  // namespace

ETUDE_PLUGIN("etude.tokenizer_byte", "1.0.0", registry) {
  registry.add<ByteTokenizer>("byte", "A token a byte, and one that ends a document");
}
