// A corpus as training sees it: documents, split, tokenized and packed into files that are mapped into memory.
#pragma once

#include <config/experiment.hpp>
#include <cstdint>
#include <etude/dataset.hpp>
#include <etude/tokenizer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>

namespace etude {

class Catalogue;

/// Tokens of one split, mapped read-only: 16-bit where the vocabulary fits, else 32-bit, little-endian.
class TokenFile {
 public:
  /// @throws Error if the file is missing or its length does not fit
  static TokenFile open(const std::filesystem::path& file, std::int64_t count, int bytes_per_token);
  std::int64_t size() const { return count_; }
  /// Copies tokens [begin, begin + out.size()).
  void copy(std::int64_t begin, std::span<std::int64_t> out) const;

 private:
  std::shared_ptr<const void> mapping_;
  std::int64_t count_ = 0;
  int bytes_per_token_ = 2;
};

/// Where a document lies in its split.
struct PackedDocument {
  std::int64_t first_token = 0;
  std::int64_t tokens = 0;      ///< its separator or end-of-text included
  std::int64_t characters = 0;  ///< Unicode code points of its text, without separator
  std::int64_t unknown = 0;     ///< characters (tokens) that the tokenizer could not express
};

struct PackedSplit {
  TokenFile tokens;
  std::vector<PackedDocument> documents;
  std::int64_t characters = 0;
  std::int64_t unknown = 0;
  double tokens_per_character() const {
    return characters ? static_cast<double>(tokens.size()) / static_cast<double>(characters) : 0.0;
  }
  double unknown_share() const { return characters ? static_cast<double>(unknown) / static_cast<double>(characters) : 0.0; }
};

/// How much of a split is nearly in the training documents too (twins as [duplicates] defines them).
struct Leakage {
  std::int64_t documents = 0;  ///< of the split
  std::int64_t with_twin_in_training = 0;
  double share() const { return documents ? static_cast<double>(with_twin_in_training) / static_cast<double>(documents) : 0.0; }
};

/// Near-duplicates among the documents that pass the filter.
struct DuplicateFacts {
  std::int64_t groups = 0;     ///< of two documents and more
  std::int64_t documents = 0;  ///< in those groups
  Leakage validation, test;    ///< as split, after what [duplicates] removed
};

struct Corpus {
  std::string fingerprint;  ///< of sources, options, split, tokenizer and plugin versions; enters run ids
  std::filesystem::path directory;
  std::shared_ptr<Tokenizer> tokenizer;  ///< learned
  PackedSplit train, validation, test;
  /// What sampling starts from and what stands before a split's first token: end-of-text, or the separator's tokens.
  std::vector<TokenId> separator;
  std::string separator_text;                                ///< the dataset's; in the files only where there is no end-of-text
  std::int64_t vocabulary_used = 0;                          ///< ids that occur in the training tokens
  std::map<std::string, std::int64_t> outcome_counts;        ///< of the dataset, and of the filter
  std::vector<std::pair<char32_t, std::int64_t>> histogram;  ///< characters of all documents, the most frequent first
  DuplicateFacts duplicates;
  std::vector<int> transpositions;       ///< semitones of the variants that training has beside its documents
  std::int64_t train_documents = 0;      ///< originals; train.documents has their variants too
  std::int64_t unique_train_tokens = 0;  ///< of the originals
  /// SHA-256 of the texts of validation and of test: equal ones were measured on the same text, whatever the tokenizer.
  std::string validation_text, test_text;
  std::filesystem::path documents_directory;  ///< the stage before any filter (documents.hpp), where analysis draws its sample
  std::filesystem::path texts_directory;      ///< the stage of what stays, and in which split (texts.hpp)
  bool reused = false;                        ///< it was there already

  const PackedSplit& split(Split which) const;
};

struct PrepareOptions {
  std::filesystem::path directory;  ///< `<output>/.corpus`
  int threads = 1;
};

/// Packs the corpus of an experiment, or opens it if it is there already.
/// Order: documents, filter, near-duplicates, split, variants, tokens, files. Each stage is written beside and renamed, so that a
/// killed prepare leaves nothing half, and kept in `options.directory`: several tokenizers share the texts (README.md in this
/// folder). What is damaged there is told and made again (see stage.hpp for what is compared).
/// @throws Error if nothing is left, the training or validation split is empty, or the user interrupts
Corpus prepare_corpus(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options);

/// The corpus if it is there already; packs nothing.
/// @throws Error as the dataset does when its sources are missing
std::optional<Corpus> find_corpus(const Experiment& experiment, const Catalogue& catalogue, const PrepareOptions& options);

}  // namespace etude
