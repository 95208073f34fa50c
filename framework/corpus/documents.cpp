#include <algorithm>
#include <base/interrupt.hpp>
#include <base/text.hpp>
#include <corpus/documents.hpp>
#include <corpus/histogram.hpp>
#include <etude/parallel.hpp>
#include <etude/value.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Documents on their way to the files: enough work for a thread, little enough memory.
struct DocumentBatch {
  std::vector<Document> documents;
  std::vector<std::int64_t> characters;
};

class DocumentWriter {
 public:
  explicit DocumentWriter(const fs::path& folder)
      : texts_(folder / "documents.txt"), index_(folder / "documents.index"), ids_(folder / "documents.ids") {}

  void add(const Document& document, std::int64_t characters) {
    if (document.id.find_first_of("\t\r\n") != std::string::npos)
      throw Error(text("the dataset gave a document the id ", Value(document.id).toml()),
                  "ids must be one line without tabs: tell the plugin's author");
    if (document.trimmed.size() > UINT32_MAX)
      throw Error(text("the dataset trimmed ", document.trimmed.size(), " bytes from ", document.id), "tell the plugin's author");
    DocumentEntry entry{texts_.bytes(), ids_.bytes(), characters, static_cast<std::uint32_t>(document.trimmed.size())};
    if (document.split) entry.split = static_cast<std::int32_t>(*document.split);
    write(entry);
    texts_.write(document.trimmed);
    texts_.write(document.text);
    ids_.write(document.id);
    ids_.write("\n");
    ++documents_;
    characters_ += characters;
  }

  std::int64_t documents() const { return documents_; }
  std::int64_t bytes() const { return texts_.bytes(); }

  StageContent finish(const fs::path& folder, const Dataset& dataset) {
    write({texts_.bytes(), ids_.bytes(), 0, 0, -1});
    StageContent content;
    content.facts = std::make_shared<Json>(Json{{"documents", documents_}, {"characters", characters_}});
    (*content.facts)["outcomes"] = dataset.outcome_counts();
    content.files = {texts_.close(), index_.close(), ids_.close(), write_outcomes(folder, dataset)};
    return content;
  }

 private:
  void write(const DocumentEntry& entry) { index_.write({reinterpret_cast<const char*>(&entry), sizeof entry}); }

  static FileSummary write_outcomes(const fs::path& folder, const Dataset& dataset) {
    OutputFile out(folder / "outcomes.tsv");
    for (const auto& outcome : dataset.outcomes()) out.write(text(outcome.id, '\t', outcome.result, '\t', outcome.reason, '\n'));
    return out.close();
  }

  OutputFile texts_, index_, ids_;
  std::int64_t documents_ = 0, characters_ = 0;
};

/// The reason that most of the dataset's outcomes give, or "".
std::string most_frequent_reason(const Dataset& dataset) {
  std::map<std::string, std::int64_t> counts;
  for (const auto& outcome : dataset.outcomes())
    if (!outcome.reason.empty()) ++counts[outcome.reason];
  const auto most =
      std::max_element(counts.begin(), counts.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == counts.end() ? "" : text(most->first, " (", counted(most->second, "time"), ")");
}

[[noreturn]] void fail_without_documents(const Dataset& dataset) {
  std::string counts;
  for (const auto& [result, count] : dataset.outcome_counts()) counts += text(counts.empty() ? "" : ", ", count, ' ', result);
  const std::string reason = most_frequent_reason(dataset);
  throw Error(text("no document is left to train on", counts.empty() ? "" : text(" (", counts, ")")),
              reason.empty() ? "see dataset.path" : "see dataset.path; the most frequent reason: " + reason);
}

}  // namespace

Documents::Documents(const fs::path& directory)
    : directory_(directory),
      index_(directory / "documents.index"),
      texts_(std::make_shared<RandomAccessFile>(directory / "documents.txt")),
      ids_(std::make_shared<RandomAccessFile>(directory / "documents.ids")) {
  if (index_.empty())
    throw Error(text((directory / "documents.index").string(), " is empty"),
                "remove the folder it lies in; the next run makes it again");
}

std::string Documents::id(std::size_t number) const {
  const auto& entry = index_[number];
  std::string id(static_cast<std::size_t>(index_[number + 1].id_begin - entry.id_begin - 1), '\0');
  ids_->read(entry.id_begin, id);
  return id;
}

void Documents::read(std::size_t number, Document& document) const {
  const auto& entry = index_[number];
  document.id = id(number);
  document.split = given_split(number);
  document.trimmed.resize(entry.trimmed_bytes);
  if (entry.trimmed_bytes > 0) texts_->read(entry.begin, document.trimmed);
  read_text(number, document.text);
}

void Documents::read_text(std::size_t number, std::string& out) const {
  out.resize(static_cast<std::size_t>(text_bytes(number)));
  texts_->read(index_[number].begin + index_[number].trimmed_bytes, out);
}

std::optional<Documents> open_documents(const StageKey& key, Tell tell) {
  const auto manifest = open_stage(key, tell);
  if (!manifest) return std::nullopt;
  Documents documents(key.directory);
  documents.outcome_counts_ = manifest->at("outcomes").get<std::map<std::string, std::int64_t>>();
  return documents;
}

void build_documents(const StageKey& key, Dataset& dataset, int threads, const DocumentProgress& progress) {
  build_stage(key, [&](const fs::path& folder) {
    DocumentWriter writer(folder);
    bool ended = false;
    const auto read = [&]() -> std::optional<DocumentBatch> {
      constexpr std::size_t enough = 1 << 20;
      DocumentBatch batch;
      std::size_t bytes = 0;
      for (Document document; !ended && bytes < enough;) {
        if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
        if (!dataset.next(document)) {
          ended = true;
          break;
        }
        bytes += document.text.size() + document.trimmed.size() + 100;
        batch.documents.push_back(std::move(document));
        document = {};
      }
      return batch.documents.empty() ? std::nullopt : std::optional(std::move(batch));
    };
    const auto count = [](DocumentBatch& batch, const std::stop_token&) {
      for (const auto& document : batch.documents) batch.characters.push_back(count_characters_fast(document.text));
      return std::move(batch);
    };
    OrderedParallel<DocumentBatch, DocumentBatch> counted(threads, 2 * static_cast<std::size_t>(std::max(threads, 1)), read,
                                                          count);
    while (const auto batch = counted.next()) {
      for (std::size_t i = 0; i < batch->documents.size(); ++i) writer.add(batch->documents[i], batch->characters[i]);
      progress(writer.documents(), writer.bytes());
    }
    if (writer.documents() == 0) fail_without_documents(dataset);
    return writer.finish(folder, dataset);
  });
}

}  // namespace etude
