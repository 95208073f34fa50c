// The stage of decisions: which documents stay, which are twins, which split each is in, and the transposed training documents.
//
//   documents.verdicts  a Verdict (a byte) a document of the documents stage
//   documents.groups    a uint32 a document: the number of the first of its group of near-duplicates
//   decisions.tsv       the same for people: verdict, twin in training, characters, gzip sizes, the group's first document, id
//   variants.*          see variants.hpp
//   outcomes.tsv        a line a variant that could not be made: id, result, reason
//   texts.json          the manifest
#pragma once

#include <corpus/filter.hpp>
#include <corpus/signatures.hpp>
#include <corpus/text_facts.hpp>
#include <corpus/variants.hpp>

namespace etude {

/// A text of a split: a document, or a variant of one.
struct TextItem {
  std::size_t number = 0;  ///< of the document, or of the variant
  bool is_variant = false;
};

/// What the stage says, with the documents that it is about.
struct Texts {
  Documents documents;
  MappedRecords<Verdict> verdicts;
  MappedRecords<VariantEntry> variants;  ///< and one entry more
  std::shared_ptr<const RandomAccessFile> variant_texts;

  TextFacts facts;

  const TextTotals& split(Split which) const { return facts.splits[static_cast<std::size_t>(which)]; }
  std::int64_t characters(const TextItem& item) const {
    return item.is_variant ? variants[item.number].characters : documents.characters(item.number);
  }
  std::int64_t bytes(const TextItem& item) const {
    return item.is_variant ? variants[item.number + 1].begin - variants[item.number].begin : documents.text_bytes(item.number);
  }
  /// Replaces `out`. Any number of threads at once.
  void read(const TextItem& item, std::string& out) const;
};

/// What is there under this key and whole, or nothing.
std::optional<Texts> open_texts(const StageKey& key, const Documents& documents);

/// What the decisions are made of.
struct TextRequest {
  const StageKey& key;
  const FilterOptions& filter;
  const DuplicateOptions& duplicates;
  const SplitOptions& split;
  const Documents& documents;
  const MappedRecords<GzipSize>& ratios;  ///< empty where the filter does not ask
  const Signatures& signatures;
  std::vector<int> transpositions;
  std::function<Dataset&()> dataset;  ///< read to its end; asked for where there are transpositions
  int threads = 1;
  /// Told what is done ("comparing"), how much of how much ("bands"); called now and then.
  std::function<void(const std::string& what, std::int64_t done, std::int64_t total, const std::string& unit)> progress;
};

/// @throws Error if no document is left, or the user interrupts
void build_texts(const TextRequest& request);

/// The texts of one split in order: of training, all originals and then all variants.
class TextCursor {
 public:
  TextCursor(const Texts& texts, Split split) : texts_(&texts), split_(split) {}
  std::optional<TextItem> next();

 private:
  const Texts* texts_;
  Split split_;
  std::size_t document_ = 0, variant_ = 0;
};

/// A TextCursor that reads. `texts` must outlive it.
class TextReader final : public DocumentSource {
 public:
  TextReader(const Texts& texts, Split split) : texts_(texts), split_(split), cursor_(texts, split) {}
  bool next(Document& document) override;
  void rewind() override { cursor_ = TextCursor(texts_, split_); }

 private:
  const Texts& texts_;
  Split split_;
  TextCursor cursor_;
};

}  // namespace etude
