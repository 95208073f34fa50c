#include <base/interrupt.hpp>
#include <corpus/encoder.hpp>
#include <corpus/stage.hpp>
#include <corpus/tokens.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* manifest_name = "corpus.json";
constexpr const char* tokenizer_name = "tokenizer.json";
constexpr std::array all_splits{Split::train, Split::validation, Split::test};

void stop_if_interrupted() {
  if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
}

/// The training documents as the model will see them: the separator is text to be learned, unless end-of-text takes its place.
class TrainingTexts final : public DocumentSource {
 public:
  TrainingTexts(const Texts& texts, std::string separator, const TokenProgress& progress)
      : reader_(texts, Split::train), separator_(std::move(separator)), progress_(progress) {}

  bool next(Document& document) override {
    stop_if_interrupted();
    if (!reader_.next(document)) return false;
    document.text += separator_;
    progress_("learning", ++documents_);
    return true;
  }
  void rewind() override {
    reader_.rewind();
    documents_ = 0;
  }

 private:
  TextReader reader_;
  std::string separator_;
  const TokenProgress& progress_;
  std::int64_t documents_ = 0;
};

struct SplitTotals {
  std::int64_t documents = 0, characters = 0, tokens = 0, unknown = 0;
};

/// Packs one split into its two files and adds to `occurrences`.
class SplitPacker {
 public:
  SplitPacker(const fs::path& folder, const Texts& texts, Split split, const Packing& packing, int threads)
      : name_(name(split)),
        reader_(texts, split),
        tokens_(folder / (name_ + ".tokens")),
        documents_(folder / (name_ + ".documents")),
        encoders_(
            threads, 2 * static_cast<std::size_t>(std::max(threads, 1)), [this] { return read(); },
            [&packing](const Batch& batch, const std::stop_token&) { return packing.encode(batch); }) {}

  SplitTotals pack(std::vector<std::int64_t>& occurrences, const TokenProgress& progress) {
    while (const auto encoded = encoders_.next()) {
      stop_if_interrupted();
      write(*encoded);
      occurrences.resize(encoded->occurrences.size());
      for (std::size_t id = 0; id < occurrences.size(); ++id) occurrences[id] += encoded->occurrences[id];
      progress("packing " + name_, totals_.documents);
    }
    return totals_;
  }
  std::vector<FileSummary> close() { return {tokens_.close(), documents_.close()}; }

 private:
  std::optional<Batch> read() {
    constexpr std::size_t enough = 1 << 20;
    Batch batch;
    for (Document document; batch.bytes < enough && reader_.next(document);) {
      batch.bytes += document.text.size();
      batch.texts.push_back(std::move(document.text));
      batch.characters.push_back(reader_.characters());
    }
    return batch.texts.empty() ? std::nullopt : std::optional(std::move(batch));
  }

  void write(const EncodedBatch& encoded) {
    const std::int64_t before = totals_.tokens;
    for (PackedDocument document : encoded.documents) {
      document.first_token += before;
      documents_.write({reinterpret_cast<const char*>(&document), sizeof document});
      ++totals_.documents;
      totals_.characters += document.characters;
      totals_.tokens += document.tokens;
      totals_.unknown += document.unknown;
    }
    tokens_.write(encoded.packed);
  }

  std::string name_;
  TextReader reader_;
  OutputFile tokens_, documents_;
  SplitTotals totals_;
  OrderedParallel<Batch, EncodedBatch> encoders_;
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

}  // namespace

void build_tokens(const fs::path& directory, const std::string& fingerprint, const Texts& texts, Tokenizer& tokenizer,
                  const std::string& separator, int threads, const TokenProgress& progress) {
  build_stage(directory, manifest_name, fingerprint, [&](const fs::path& folder) {
    TrainingTexts training(texts, tokenizer.end_of_text() ? "" : separator, progress);
    tokenizer.learn(training, threads);
    const Packing packing(tokenizer, separator);
    StageContent content;
    content.files.push_back(save_tokenizer(tokenizer, folder));
    content.facts = std::make_shared<Json>();
    Json& facts = *content.facts;
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
    }
    facts["bytes_per_token"] = packing.bytes_per_token;
    facts["vocab_size"] = tokenizer.vocab_size();
    facts["separator"] = {{"text", separator}, {"tokens", packing.separator}};
    facts["outcomes"] = texts.outcome_counts;
    Json histogram = Json::array();
    for (const auto& [character, count] : texts.histogram) histogram.push_back({static_cast<std::uint32_t>(character), count});
    facts["histogram"] = std::move(histogram);
    return content;
  });
}

std::optional<Corpus> open_tokens(const fs::path& directory, const std::string& fingerprint,
                                  const std::shared_ptr<Tokenizer>& tokenizer, Tell tell) {
  const auto manifest = open_stage(directory, manifest_name, fingerprint, tell);
  if (!manifest) return std::nullopt;
  Corpus corpus;
  corpus.fingerprint = fingerprint;
  corpus.directory = directory;
  corpus.tokenizer = tokenizer;
  tokenizer->load(directory / tokenizer_name);
  const int bytes_per_token = manifest->at("bytes_per_token").get<int>();
  const auto& splits = manifest->at("splits");
  corpus.train = open_split(directory, "train", splits.at("train"), bytes_per_token);
  corpus.validation = open_split(directory, "validation", splits.at("validation"), bytes_per_token);
  corpus.test = open_split(directory, "test", splits.at("test"), bytes_per_token);
  corpus.vocabulary_used = splits.at("train").at("vocabulary_used").get<std::int64_t>();
  corpus.separator_text = manifest->at("separator").at("text").get<std::string>();
  corpus.separator = manifest->at("separator").at("tokens").get<std::vector<TokenId>>();
  corpus.outcome_counts = manifest->at("outcomes").get<std::map<std::string, std::int64_t>>();
  for (const auto& entry : manifest->at("histogram"))
    corpus.histogram.emplace_back(static_cast<char32_t>(entry.at(0).get<std::uint32_t>()), entry.at(1).get<std::int64_t>());
  return corpus;
}

}  // namespace etude
