#include <base/text.hpp>
#include <corpus/document_ranges.hpp>
#include <corpus/near_duplicates.hpp>
#include <corpus/split.hpp>
#include <corpus/texts.hpp>
#include <nlohmann/json.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr const char* not_transposed = "not transposed";

template <class Record>
FileSummary write_records(const fs::path& file, const std::vector<Record>& records) {
  OutputFile out(file);
  out.write({reinterpret_cast<const char*>(records.data()), records.size() * sizeof(Record)});
  return out.close();
}

/// Makes the decisions, one after the other, and writes them.
class Decisions {
 public:
  explicit Decisions(const TextRequest& request) : request_(request), documents_(request.documents) {}

  StageContent make(const fs::path& folder) {
    verdicts_ = filter(request_.filter, documents_, request_.ratios);
    require_any();
    find_duplicates();
    const bool by_group = request_.duplicates.use == "group";
    split_documents(request_.split, documents_,
                    by_group ? std::span<const std::uint32_t>(groups_) : std::span<const std::uint32_t>(), verdicts_);
    find_leakage();
    content_.files.push_back(write_records(folder / "documents.verdicts", verdicts_));
    content_.files.push_back(write_records(folder / "documents.groups", groups_));
    write_table(folder);
    write_variants_and_outcomes(folder);
    add_facts();
    return std::move(content_);
  }

 private:
  void require_any() const;
  TwinSearch search(const std::string& what) const;
  void find_duplicates();
  void find_leakage();
  void write_table(const fs::path& folder);
  void write_variants_and_outcomes(const fs::path& folder);
  void add_facts();
  std::vector<CharacterCount> count_characters() const;
  std::string digest_of(Verdict split) const;
  std::map<std::string, std::int64_t> outcome_counts() const;

  const TextRequest& request_;
  const Documents& documents_;
  std::vector<Verdict> verdicts_;
  std::vector<std::uint32_t> groups_;  ///< of each document the number of its group's first
  std::vector<std::uint8_t> leaks_;
  DuplicateFacts facts_;
  VariantFiles variants_;
  StageContent content_{{}, std::make_shared<Json>()};
};

void Decisions::require_any() const {
  if (std::count(verdicts_.begin(), verdicts_.end(), Verdict::kept) > 0) return;
  std::string counts;
  for (const auto& [result, count] : outcome_counts()) counts += text(counts.empty() ? "" : ", ", count, ' ', result);
  const FilterOptions& filter = request_.filter;
  throw Error(text("no document is left to train on (", counts, ")"),
              text("the filter keeps ", filter.min_characters, " characters and more",
                   filter.max_characters > 0 ? text(", at most ", filter.max_characters) : "",
                   filter.min_gzip_ratio > 0 ? text(", with a gzip ratio of at least ", shortest(filter.min_gzip_ratio)) : "",
                   "; see [filter] and dataset.path"));
}

TwinSearch Decisions::search(const std::string& what) const {
  return {documents_,
          request_.signatures,
          request_.duplicates.similarity,
          request_.duplicates.shingle_bars,
          request_.threads,
          [this, what](int done, int bands) { request_.progress(what, done, bands, "bands of signatures"); }};
}

void Decisions::find_duplicates() {
  groups_ = find_groups(search("looking for near-duplicates"), verdicts_);
  std::vector<std::uint32_t> sizes(groups_.size());
  for (const std::uint32_t group : groups_) ++sizes[group];
  for (const std::uint32_t size : sizes) {
    if (size < 2) continue;
    ++facts_.groups;
    facts_.documents += size;
  }
  if (request_.duplicates.use != "remove") return;
  for (std::size_t i = 0; i < groups_.size(); ++i)
    if (groups_[i] != i) verdicts_[i] = Verdict::duplicate;
}

void Decisions::find_leakage() {
  leaks_ = find_leaks(search("looking for leakage"), verdicts_);
  for (std::size_t i = 0; i < verdicts_.size(); ++i) {
    if (verdicts_[i] != Verdict::validation && verdicts_[i] != Verdict::test) continue;
    Leakage& leakage = verdicts_[i] == Verdict::validation ? facts_.validation : facts_.test;
    ++leakage.documents;
    leakage.with_twin_in_training += leaks_[i];
  }
}

void Decisions::write_table(const fs::path& folder) {
  OutputFile out(folder / "decisions.tsv");
  out.write("verdict\ttwin_in_training\tcharacters\traw_bytes\tgzip_bytes\tgroup\tid\n");
  std::vector<bool> is_group(groups_.size());
  for (std::size_t i = 0; i < groups_.size(); ++i)
    if (groups_[i] != i) is_group[groups_[i]] = true;
  for (std::size_t i = 0; i < verdicts_.size(); ++i) {
    const std::string sizes =
        request_.ratios.empty() ? "\t" : text(request_.ratios[i].raw_bytes, '\t', request_.ratios[i].gzip_bytes);
    out.write(text(name(verdicts_[i]), '\t', leaks_[i] ? "yes" : "no", '\t', documents_.characters(i), '\t', sizes, '\t',
                   is_group[groups_[i]] ? documents_.id(groups_[i]) : "", '\t', documents_.id(i), '\n'));
  }
  content_.files.push_back(out.close());
}

void Decisions::write_variants_and_outcomes(const fs::path& folder) {
  // A dataset without transpositions need not be read again for this.
  struct NoDataset final : Dataset {
    bool next(Document&) override { return false; }
    void rewind() override {}
    std::string fingerprint() override { return ""; }
  } none;
  Dataset& dataset = request_.transpositions.empty() ? none : request_.dataset();
  variants_ = write_variants(
      folder, dataset, documents_, verdicts_, request_.transpositions, request_.threads,
      [this](std::int64_t done, std::int64_t total, std::int64_t) { request_.progress("transposing", done, total, "variants"); });
  content_.files.insert(content_.files.end(), variants_.files.begin(), variants_.files.end());
  OutputFile out(folder / "outcomes.tsv");
  for (const auto& [document, semitones] : variants_.refused)
    out.write(text(documents_.id(document), '\t', not_transposed, "\tby ", semitones > 0 ? "+" : "", semitones,
                   " semitones: out of range, or not of a kind that can be moved\n"));
  content_.files.push_back(out.close());
}

std::vector<CharacterCount> Decisions::count_characters() const {
  Histogram histogram;
  const auto count = [&](const DocumentRange& range) {
    Histogram part;
    std::string document;
    for (std::size_t i = range.begin; i < range.end; ++i) {
      if (!is_kept(verdicts_[i])) continue;
      documents_.read_text(i, document);
      part.add(document);
    }
    return part;
  };
  for_each_range(documents_, request_.threads, count, [&](const DocumentRange& range, const Histogram& part) {
    histogram.add(part);
    request_.progress("counting characters", static_cast<std::int64_t>(range.end), static_cast<std::int64_t>(documents_.size()),
                      "documents");
  });
  return histogram.ranked();
}

std::string Decisions::digest_of(Verdict split) const {
  Digest digest;
  std::string document;
  for (std::size_t i = 0; i < verdicts_.size(); ++i) {
    if (verdicts_[i] != split) continue;
    documents_.read_text(i, document);
    digest.add(text(document.size(), '\n'));
    digest.add(document);
  }
  return digest.hexadecimal();
}

std::map<std::string, std::int64_t> Decisions::outcome_counts() const {
  auto counts = documents_.outcome_counts();
  for (const Verdict verdict : verdicts_)
    if (!is_kept(verdict)) ++counts[name(verdict)];
  if (!variants_.refused.empty()) counts[not_transposed] = std::ssize(variants_.refused);
  if (variants_.variants > 0) counts["transposed"] = variants_.variants;
  return counts;
}

void Decisions::add_facts() {
  TextFacts facts;
  for (std::size_t i = 0; i < verdicts_.size(); ++i) {
    if (!is_kept(verdicts_[i])) continue;
    auto& total = facts.splits[static_cast<std::size_t>(verdicts_[i])];
    ++total.documents;
    total.characters += documents_.characters(i);
  }
  facts.variants = {variants_.variants, variants_.characters};
  facts.transpositions = request_.transpositions;
  facts.duplicates = facts_;
  facts.validation_text = digest_of(Verdict::validation);
  facts.test_text = digest_of(Verdict::test);
  facts.outcome_counts = outcome_counts();
  facts.histogram = count_characters();
  *content_.facts = to_json(facts);
}

}  // namespace

void build_texts(const TextRequest& request) {
  build_stage(request.key, [&](const fs::path& folder) { return Decisions(request).make(folder); });
}

std::optional<Texts> open_texts(const StageKey& key, const Documents& documents) {
  const auto manifest = open_stage(key);
  if (!manifest) return std::nullopt;
  const fs::path& directory = key.directory;
  Texts texts{.documents = documents,
              .verdicts = MappedRecords<Verdict>(directory / "documents.verdicts"),
              .variants = MappedRecords<VariantEntry>(directory / "variants.index"),
              .variant_texts = std::make_shared<RandomAccessFile>(directory / "variants.txt"),
              .facts = text_facts_from(*manifest)};
  return texts;
}

void Texts::read(const TextItem& item, std::string& out) const {
  if (!item.is_variant) return documents.read_text(item.number, out);
  out.resize(static_cast<std::size_t>(bytes(item)));
  variant_texts->read(variants[item.number].begin, out);
}

std::optional<TextItem> TextCursor::next() {
  const auto wanted = static_cast<Verdict>(split_);
  while (document_ < texts_->documents.size() && texts_->verdicts[document_] != wanted) ++document_;
  if (document_ < texts_->documents.size()) return TextItem{document_++, false};
  if (split_ == Split::train && variant_ + 1 < texts_->variants.size()) return TextItem{variant_++, true};
  return std::nullopt;
}

bool TextReader::next(Document& document) {
  const auto item = cursor_.next();
  if (!item) return false;
  document.id = texts_.documents.id(item->is_variant ? texts_.variants[item->number].document : item->number);
  document.trimmed.clear();
  document.split = split_;
  texts_.read(*item, document.text);
  return true;
}

}  // namespace etude
