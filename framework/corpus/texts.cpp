#include <base/interrupt.hpp>
#include <charconv>
#include <corpus/filter.hpp>
#include <corpus/split.hpp>
#include <corpus/stage.hpp>
#include <corpus/texts.hpp>
#include <etude/unicode.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* manifest_name = "texts.json";
constexpr std::array all_splits{Split::train, Split::validation, Split::test};
constexpr std::uint8_t undecided = 255;

Json to_json(const std::vector<CharacterCount>& histogram) {
  Json json = Json::array();
  for (const auto& [character, count] : histogram) {
    std::string text;
    append_utf8(text, character);
    json.push_back({text, count});
  }
  return json;
}

/// Writes the documents that pass the filter, remembering of each only its characters and its split.
class TextWriter {
 public:
  TextWriter(const fs::path& folder, const FilterOptions& filter, const SplitOptions& split)
      : folder_(folder), filter_(filter), split_(split), texts_(folder / "documents.txt"), index_(folder / "documents.tsv") {}

  void add(const Document& document) {
    const std::int64_t characters = histogram_of(document.text);
    if (characters < 0) return;
    if (document.id.find_first_of("\t\r\n") != std::string::npos)
      throw Error(text("the dataset gave a document the id ", Value(document.id).toml()),
                  "ids must be one line without tabs: tell the plugin's author");
    texts_.write(document.text);
    index_.write(text(document.text.size(), '\t', characters, '\t', document.id, '\n'));
    characters_.push_back(characters);
    splits_.push_back(decide(document));
    ++kept_.documents;
    kept_.characters += characters;
  }

  const TextTotals& kept() const { return kept_; }
  StageContent finish(const Dataset& dataset);

 private:
  /// Counts the text's characters; -1 if the filter drops it.
  std::int64_t histogram_of(const std::string& document_text) {
    const std::int64_t characters = count_characters(document_text);
    if (const char* reason = filter_reason(filter_, characters)) {
      ++filtered_[reason];
      return -1;
    }
    return histogram_.add(document_text);
  }

  std::uint8_t decide(const Document& document) const {
    if (document.split) return static_cast<std::uint8_t>(*document.split);
    return split_.method == "shuffle" ? undecided : static_cast<std::uint8_t>(hash_split(split_, document.id));
  }

  void decide_the_rest();
  FileSummary write_splits();
  FileSummary write_outcomes(const Dataset& dataset);

  fs::path folder_;
  FilterOptions filter_;
  SplitOptions split_;
  OutputFile texts_, index_;
  Histogram histogram_;
  std::vector<std::int64_t> characters_;
  std::vector<std::uint8_t> splits_;
  TextTotals kept_;
  std::map<std::string, std::int64_t> filtered_;
};

void TextWriter::decide_the_rest() {
  const auto open = static_cast<std::size_t>(std::count(splits_.begin(), splits_.end(), undecided));
  if (open == 0) return;
  const auto shuffled = shuffle_split(split_, open);
  std::size_t at = 0;
  for (auto& split : splits_)
    if (split == undecided) split = static_cast<std::uint8_t>(shuffled[at++]);
}

FileSummary TextWriter::write_splits() {
  OutputFile out(folder_ / "documents.split");
  out.write({reinterpret_cast<const char*>(splits_.data()), splits_.size()});
  return out.close();
}

FileSummary TextWriter::write_outcomes(const Dataset& dataset) {
  OutputFile out(folder_ / "outcomes.tsv");
  for (const auto& outcome : dataset.outcomes()) out.write(text(outcome.id, '\t', outcome.result, '\t', outcome.reason, '\n'));
  return out.close();
}

StageContent TextWriter::finish(const Dataset& dataset) {
  decide_the_rest();
  StageContent content;
  content.files = {texts_.close(), index_.close(), write_splits(), write_outcomes(dataset)};
  content.facts = std::make_shared<Json>();
  Json& facts = *content.facts;
  std::array<TextTotals, 3> totals;
  for (std::size_t i = 0; i < splits_.size(); ++i) {
    ++totals[splits_[i]].documents;
    totals[splits_[i]].characters += characters_[i];
  }
  for (const Split which : all_splits) {
    const auto& total = totals[static_cast<std::size_t>(which)];
    facts["splits"][name(which)] = {{"documents", total.documents}, {"characters", total.characters}};
  }
  facts["outcomes"] = dataset.outcome_counts();
  for (const auto& [reason, count] : filtered_) facts["outcomes"][reason] = count;
  facts["histogram"] = to_json(histogram_.ranked());
  return content;
}

[[noreturn]] void fail_empty(const Dataset& dataset, const FilterOptions& filter) {
  std::string counts;
  for (const auto& [result, count] : dataset.outcome_counts()) counts += text(counts.empty() ? "" : ", ", count, ' ', result);
  throw Error(
      text("no document is left to train on", counts.empty() ? "" : text(" (", counts, ")")),
      text("the filter keeps ", filter.min_characters, " characters and more",
           filter.max_characters > 0 ? text(", at most ", filter.max_characters) : "", "; see [filter] and dataset.path"));
}

}  // namespace

void build_texts(const fs::path& directory, const std::string& fingerprint, Dataset& dataset, const FilterOptions& filter,
                 const SplitOptions& split, const TextProgress& progress) {
  build_stage(directory, manifest_name, fingerprint, [&](const fs::path& folder) {
    TextWriter writer(folder, filter, split);
    for (Document document; dataset.next(document);) {
      writer.add(document);
      progress(writer.kept());
      if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
    }
    if (writer.kept().documents == 0) fail_empty(dataset, filter);
    return writer.finish(dataset);
  });
}

std::optional<Texts> open_texts(const fs::path& directory, const std::string& fingerprint) {
  const auto manifest = open_stage(directory, manifest_name, fingerprint);
  if (!manifest) return std::nullopt;
  Texts texts;
  texts.directory = directory;
  for (const Split which : all_splits) {
    const auto& facts = manifest->at("splits").at(name(which));
    texts.splits[static_cast<std::size_t>(which)] = {facts.at("documents").get<std::int64_t>(),
                                                     facts.at("characters").get<std::int64_t>()};
  }
  texts.outcome_counts = manifest->at("outcomes").get<std::map<std::string, std::int64_t>>();
  for (const auto& entry : manifest->at("histogram"))
    texts.histogram.emplace_back(first_code_point(entry.at(0).get<std::string>()).value, entry.at(1).get<std::int64_t>());
  return texts;
}

TextReader::TextReader(const Texts& texts, Split split) : directory_(texts.directory), split_(split) { rewind(); }

void TextReader::rewind() {
  const auto reopen = [&](std::ifstream& in, const char* file) {
    in = std::ifstream(directory_ / file, std::ios::binary);
    if (!in) throw Error(text("cannot read ", (directory_ / file).string()), "start again: it is made anew");
  };
  reopen(texts_, "documents.txt");
  reopen(index_, "documents.tsv");
  reopen(splits_, "documents.split");
  skipped_ = 0;
}

bool TextReader::next(Document& document) {
  for (std::string line; std::getline(index_, line);) {
    std::int64_t bytes = 0;
    const char* end = line.data() + line.size();
    const auto after_bytes = std::from_chars(line.data(), end, bytes).ptr;
    const auto after_characters = std::from_chars(after_bytes + 1, end, characters_).ptr;
    if (splits_.get() != static_cast<int>(split_)) {
      skipped_ += bytes;
      continue;
    }
    if (skipped_ > 0) texts_.seekg(skipped_, std::ios::cur);
    skipped_ = 0;
    document.id.assign(after_characters + 1, end);
    document.text.resize(static_cast<std::size_t>(bytes));
    document.split = split_;
    if (!texts_.read(document.text.data(), bytes))
      throw Error(text((directory_ / "documents.txt").string(), " is shorter than its index says"),
                  "start again: it is made anew");
    return true;
  }
  return false;
}

}  // namespace etude
