#include <base/interrupt.hpp>
#include <corpus/encoder.hpp>
#include <corpus/tokens.hpp>
#include <etude/parallel.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* tokenizer_name = "tokenizer.json";
constexpr std::array all_splits{Split::train, Split::validation, Split::test};

void stop_if_interrupted() {
  if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
}

/// How many texts a split has, variants included.
std::int64_t text_count(const Texts& texts, Split split) {
  return texts.split(split).documents + (split == Split::train ? texts.facts.variants.documents : 0);
}

/// The training documents as the model will see them: the separator is text to be learned, unless end-of-text takes its place.
class TrainingTexts final : public DocumentSource {
 public:
  TrainingTexts(const Texts& texts, std::string separator, const TokenProgress& progress)
      : reader_(texts, Split::train),
        total_(text_count(texts, Split::train)),
        separator_(std::move(separator)),
        progress_(progress) {}

  bool next(Document& document) override {
    stop_if_interrupted();
    if (!reader_.next(document)) return false;
    document.text += separator_;
    bytes_ += static_cast<std::int64_t>(document.text.size());
    progress_("learning", ++documents_, total_, bytes_);
    return true;
  }
  void rewind() override {
    reader_.rewind();
    documents_ = bytes_ = 0;
  }

 private:
  TextReader reader_;
  std::int64_t total_;
  std::string separator_;
  const TokenProgress& progress_;
  std::int64_t documents_ = 0, bytes_ = 0;
};

struct SplitTotals {
  std::int64_t documents = 0, characters = 0, tokens = 0, unknown = 0;
  std::int64_t original_tokens = 0;  ///< without variants
};

/// Packs one split into its two files and adds to `occurrences`.
class SplitPacker {
 public:
  SplitPacker(const fs::path& folder, const Texts& texts, Split split, const Packing& packing, int threads)
      : name_(name(split)),
        texts_(texts),
        split_(split),
        cursor_(texts, split),
        tokens_(folder / (name_ + ".tokens")),
        documents_(folder / (name_ + ".documents")),
        encoders_(
            threads, 2 * static_cast<std::size_t>(std::max(threads, 1)), [this] { return read(); },
            [&texts, &packing](const std::vector<TextItem>& items, const std::stop_token&) {
              return packing.encode(texts, items);
            }) {}

  SplitTotals pack(std::vector<std::int64_t>& occurrences, const TokenProgress& progress) {
    while (const auto encoded = encoders_.next()) {
      stop_if_interrupted();
      write(*encoded);
      occurrences.resize(encoded->occurrences.size());
      for (std::size_t id = 0; id < occurrences.size(); ++id) occurrences[id] += encoded->occurrences[id];
      progress("packing " + name_, totals_.documents, text_count(texts_, split_), bytes_);
    }
    return totals_;
  }
  std::vector<FileSummary> close() { return {tokens_.close(), documents_.close()}; }

 private:
  std::optional<std::vector<TextItem>> read() {
    constexpr std::int64_t enough = 1 << 20;
    std::vector<TextItem> items;
    for (std::int64_t bytes = 0; bytes < enough;) {
      const auto item = cursor_.next();
      if (!item) break;
      items.push_back(*item);
      bytes += texts_.bytes(*item);
      bytes_ += texts_.bytes(*item);
    }
    return items.empty() ? std::nullopt : std::optional(std::move(items));
  }

  void write(const EncodedBatch& encoded) {
    const std::int64_t before = totals_.tokens;
    for (PackedDocument document : encoded.documents) {
      document.first_token += before;
      documents_.write({reinterpret_cast<const char*>(&document), sizeof document});
      ++totals_.documents;
      totals_.characters += document.characters;
      totals_.tokens += document.tokens;
      if (totals_.documents <= texts_.split(split_).documents) totals_.original_tokens += document.tokens;
      totals_.unknown += document.unknown;
    }
    tokens_.write(encoded.packed);
  }

  std::string name_;
  const Texts& texts_;
  Split split_;
  TextCursor cursor_;
  OutputFile tokens_, documents_;
  SplitTotals totals_;
  std::int64_t bytes_ = 0;  ///< read so far
  OrderedParallel<std::vector<TextItem>, EncodedBatch> encoders_;
};
static_assert(sizeof(PackedDocument) == 4 * sizeof(std::int64_t), "the file's layout is the struct's");

FileSummary save_tokenizer(const Tokenizer& tokenizer, const fs::path& folder) {
  const fs::path file = folder / tokenizer_name;
  tokenizer.save(file);
  return {tokenizer_name, static_cast<std::int64_t>(fs::file_size(file)), sha256_of_file(file)};
}

std::vector<PackedDocument> read_documents(const fs::path& file, std::size_t count) {
  // Straight into place: millions of documents would weigh twice as a string between.
  std::vector<PackedDocument> documents(count);
  std::ifstream in(file, std::ios::binary);
  if (count > 0 &&
      !in.read(reinterpret_cast<char*>(documents.data()), static_cast<std::streamsize>(count * sizeof(PackedDocument))))
    throw Error(text(file.string(), " does not hold the ", count, " documents of corpus.json"),
                "remove its folder; the next run packs it again");
  return documents;
}

PackedSplit open_split(const fs::path& directory, const std::string& split, const Json& facts, int bytes_per_token) {
  PackedSplit packed;
  packed.characters = facts.at("characters").get<std::int64_t>();
  packed.unknown = facts.at("unknown").get<std::int64_t>();
  packed.tokens = TokenFile::open(directory / (split + ".tokens"), facts.at("tokens").get<std::int64_t>(), bytes_per_token);
  packed.documents = read_documents(directory / (split + ".documents"), facts.at("documents").get<std::size_t>());
  return packed;
}

/// What the manifest repeats of the texts, so that a packed corpus stands for itself.
void take_facts(TextFacts facts, Corpus& corpus) {
  corpus.outcome_counts = std::move(facts.outcome_counts);
  corpus.histogram = std::move(facts.histogram);
  corpus.duplicates = facts.duplicates;
  corpus.transpositions = std::move(facts.transpositions);
  corpus.train_documents = facts.splits[static_cast<std::size_t>(Split::train)].documents;
  corpus.validation_text = std::move(facts.validation_text);
  corpus.test_text = std::move(facts.test_text);
}

}  // namespace

void build_tokens(const StageKey& key, const Texts& texts, Tokenizer& tokenizer, const std::string& separator, int threads,
                  const TokenProgress& progress) {
  build_stage(key, [&](const fs::path& folder) {
    TrainingTexts training(texts, tokenizer.end_of_text() ? "" : separator, progress);
    tokenizer.learn(training, threads);
    const Packing packing(tokenizer, separator);
    StageContent content;
    content.files.push_back(save_tokenizer(tokenizer, folder));
    content.facts = std::make_shared<Json>();
    Json& facts = *content.facts;
    facts["texts"] = to_json(texts.facts);
    for (const Split which : all_splits) {
      SplitPacker packer(folder, texts, which, packing, threads);
      std::vector<std::int64_t> occurrences(static_cast<std::size_t>(tokenizer.vocab_size()));
      const SplitTotals totals = packer.pack(occurrences, progress);
      for (auto& file : packer.close()) content.files.push_back(std::move(file));
      const auto used = occurrences.size() - static_cast<std::size_t>(std::count(occurrences.begin(), occurrences.end(), 0));
      facts["splits"][name(which)] = {{"documents", totals.documents},
                                      {"characters", totals.characters},
                                      {"tokens", totals.tokens},
                                      {"unknown", totals.unknown},
                                      {"vocabulary_used", used}};
      if (which == Split::train) facts["unique_train_tokens"] = totals.original_tokens;
    }
    facts["bytes_per_token"] = packing.bytes_per_token;
    facts["vocab_size"] = tokenizer.vocab_size();
    facts["separator"] = {{"text", separator}, {"tokens", packing.separator}};
    return content;
  });
}

std::optional<Corpus> open_tokens(const StageKey& key, const std::shared_ptr<Tokenizer>& tokenizer, Tell tell) {
  const auto manifest = open_stage(key, tell);
  if (!manifest) return std::nullopt;
  Corpus corpus;
  corpus.fingerprint = key.fingerprint;
  corpus.directory = key.directory;
  corpus.tokenizer = tokenizer;
  tokenizer->load(key.directory / tokenizer_name);
  const int bytes_per_token = manifest->at("bytes_per_token").get<int>();
  const auto& splits = manifest->at("splits");
  corpus.train = open_split(key.directory, "train", splits.at("train"), bytes_per_token);
  corpus.validation = open_split(key.directory, "validation", splits.at("validation"), bytes_per_token);
  corpus.test = open_split(key.directory, "test", splits.at("test"), bytes_per_token);
  corpus.vocabulary_used = splits.at("train").at("vocabulary_used").get<std::int64_t>();
  corpus.unique_train_tokens = manifest->at("unique_train_tokens").get<std::int64_t>();
  corpus.separator_text = manifest->at("separator").at("text").get<std::string>();
  corpus.separator = manifest->at("separator").at("tokens").get<std::vector<TokenId>>();
  take_facts(text_facts_from(manifest->at("texts")), corpus);
  return corpus;
}

}  // namespace etude
