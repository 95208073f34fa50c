// First stage: the documents of a dataset, filtered and split, in one file that any tokenizer can be learned from.
//
//   documents.txt    the texts, one after another, nothing between them
//   documents.tsv    a line a document: bytes, characters, id
//   documents.split  a byte a document: 0 train, 1 validation, 2 test
//   outcomes.tsv     a line a source that did not become a document: id, result, reason
//   texts.json       the manifest
#pragma once

#include <array>
#include <config/experiment.hpp>
#include <corpus/histogram.hpp>
#include <etude/dataset.hpp>
#include <filesystem>
#include <fstream>
#include <map>
#include <optional>

namespace etude {

struct TextTotals {
  std::int64_t documents = 0, characters = 0;
};

struct Texts {
  std::filesystem::path directory;
  std::array<TextTotals, 3> splits;                    ///< by Split
  std::map<std::string, std::int64_t> outcome_counts;  ///< of the dataset, and of the filter
  std::vector<CharacterCount> histogram;               ///< of all kept documents

  const TextTotals& split(Split which) const { return splits[static_cast<std::size_t>(which)]; }
};

/// What is there under this fingerprint and whole, or nothing.
std::optional<Texts> open_texts(const std::filesystem::path& directory, const std::string& fingerprint);

/// Told how many documents and characters have been read; called now and then.
using TextProgress = std::function<void(const TextTotals&)>;

/// Reads the dataset once, document by document.
/// @throws Error if nothing is left after filtering, or the user interrupts
void build_texts(const std::filesystem::path& directory, const std::string& fingerprint, Dataset& dataset,
                 const FilterOptions& filter, const SplitOptions& split, const TextProgress& progress);

/// The documents of one split, in order.
class TextReader final : public DocumentSource {
 public:
  TextReader(const Texts& texts, Split split);
  bool next(Document& document) override;
  void rewind() override;
  /// Characters of the document that next() gave last.
  std::int64_t characters() const { return characters_; }

 private:
  std::filesystem::path directory_;
  Split split_;
  std::ifstream texts_, index_, splits_;
  std::streamoff skipped_ = 0;  ///< bytes of other splits before the next document
  std::int64_t characters_ = 0;
};

}  // namespace etude
