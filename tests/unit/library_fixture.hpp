// Preparation of corpora without plugins: a dataset and a tokenizer of the tests' own.
#pragma once

#include <base/files.hpp>
#include <corpus/corpus.hpp>
#include <fstream>
#include <host/catalogue.hpp>
#include <temporary_directory.hpp>

namespace etude::testing {

/// What the dataset below yields; a test fills it.
struct Library {
  std::vector<Document> documents;
  int passes = 0;
  std::function<void(std::size_t)> before_document = [](std::size_t) {};
  std::vector<int> transpositions;
  std::function<std::optional<Document>(const std::string& id, int semitones)> variant = [](const std::string&, int) {
    return std::nullopt;
  };
};

class LibraryDataset final : public Dataset {
 public:
  explicit LibraryDataset(Library& library) : library_(library) {}
  bool next(Document& document) override {
    if (at_ == 0) ++library_.passes;
    library_.before_document(at_);
    if (at_ == library_.documents.size()) return false;
    document = library_.documents[at_++];
    return true;
  }
  void rewind() override { at_ = 0; }
  std::string fingerprint() override {
    std::string all;
    for (const auto& document : library_.documents) all += document.id + document.text;
    return sha256(all);
  }
  std::string separator() const override { return "##"; }
  std::vector<int> transpositions() const override { return library_.transpositions; }
  std::optional<Document> variant(const std::string& id, int semitones) override {
    if (at_ != library_.documents.size()) throw Error("a variant was asked for before the last document was read");
    return library_.variant(id, semitones);
  }
  std::vector<Outcome> outcomes() const override { return {{"broken.mid", "failed", "no notes"}}; }
  std::map<std::string, std::int64_t> outcome_counts() const override {
    return {{"failed", 1}, {"read", static_cast<std::int64_t>(library_.documents.size())}};
  }

 private:
  Library& library_;
  std::size_t at_ = 0;
};

struct LetterOptions {
  std::int64_t offset = 0;
  bool with_end = false;
  std::filesystem::path file;
  static auto fields() {
    return etude::fields(field(&LetterOptions::offset, "offset", "Added to every id"),
                         field(&LetterOptions::with_end, "with_end", "Has an end"),
                         field(&LetterOptions::file, "file", "Not read; enters the fingerprint"));
  }
};

/// Ids are bytes plus the offset; '?' is unknown. What it learned is all the text, which save() writes and decode() gives.
class LetterTokenizer final : public Tokenizer {
 public:
  explicit LetterTokenizer(const LetterOptions& options) : options_(options) {}
  void learn(DocumentSource& documents, int) override {
    for (Document document; documents.next(document);) learned_ += document.text + "|";
  }
  void encode(std::string_view text, std::vector<TokenId>& ids) const override {
    for (const char c : text) ids.push_back(static_cast<TokenId>(static_cast<unsigned char>(c) + options_.offset));
  }
  std::string decode(std::span<const TokenId>) const override { return learned_; }
  std::int64_t vocab_size() const override { return options_.offset + 257; }
  std::optional<TokenId> end_of_text() const override {
    return options_.with_end ? std::optional(static_cast<TokenId>(options_.offset + 256)) : std::nullopt;
  }
  std::optional<TokenId> unknown() const override { return static_cast<TokenId>('?' + options_.offset); }
  bool lossless() const override { return false; }
  void save(const std::filesystem::path& file) const override { std::ofstream(file) << learned_; }
  void load(const std::filesystem::path& file) override { learned_ = read_file(file); }

 private:
  LetterOptions options_;
  std::string learned_;
};

struct Workshop {
  testing::TemporaryDirectory folder;
  Library library;
  Catalogue catalogue;
  Experiment experiment;
  PrepareOptions options{folder.path() / ".corpus", 3};

  Workshop() {
    PluginFile plugin;
    plugin.file = "libtest.so";
    plugin.id = "etude.test";
    plugin.version = "1.0.0";
    plugin.parts = {
        {Kind::dataset, "library", "", NoOptions::fields(),
         DatasetFactory([this](const Table&, const DatasetContext&) { return std::make_shared<LibraryDataset>(library); })},
        {Kind::tokenizer, "letter", "", LetterOptions::fields(), TokenizerFactory([](const Table& values) {
           std::vector<Problem> problems;
           return std::make_shared<LetterTokenizer>(parse_options<LetterOptions>(values, "", "", problems));
         })}};
    catalogue = Catalogue({plugin});
    experiment.dataset.plugin = "library";
    experiment.tokenizer.plugin = "letter";
    experiment.split = {.train = 0.5, .validation = 0.25, .test = 0.25, .seed = 42, .method = "shuffle"};
    for (int i = 0; i < 8; ++i) add(std::to_string(i), std::string(static_cast<std::size_t>(i + 1), static_cast<char>('a' + i)));
  }

  void add(const std::string& id, const std::string& text, std::optional<Split> split = {}) {
    library.documents.push_back({id, text, split});
  }
  Corpus prepare() const { return prepare_corpus(experiment, catalogue, options); }
  std::string failure() const {
    try {
      prepare();
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }
};

}  // namespace etude::testing
