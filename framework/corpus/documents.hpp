// First stage: every cleaned document of a dataset, in the dataset's order, before any filter.
//
//   documents.txt    of each document its trimmed lines, then its text; nothing between documents
//   documents.index  a DocumentEntry a document and one more, which tells where the last one ends
//   documents.ids    the ids, each with a newline
//   outcomes.tsv     a line a source that did not become a document: id, result, reason
//   documents.json   the manifest
#pragma once

#include <corpus/mapped_file.hpp>
#include <corpus/stage.hpp>
#include <etude/dataset.hpp>
#include <map>
#include <optional>

namespace etude {

/// Where a document lies. What follows it begins where the next entry says.
struct DocumentEntry {
  std::int64_t begin = 0;     ///< of its trimmed lines and its text, in documents.txt
  std::int64_t id_begin = 0;  ///< in documents.ids
  std::int64_t characters = 0;
  std::uint32_t trimmed_bytes = 0;
  std::int32_t split = -1;  ///< the Split that the source itself says, or -1
};
static_assert(sizeof(DocumentEntry) == 32, "the file's layout is the struct's");

/// The stage as it lies on disk: any document by its number, by any number of threads at once.
class Documents {
 public:
  /// @throws Error if a file cannot be read
  explicit Documents(const std::filesystem::path& directory);

  /// Documents; numbers run from 0 to size() - 1 in the dataset's order.
  std::size_t size() const { return index_.size() - 1; }
  std::int64_t characters(std::size_t number) const { return index_[number].characters; }
  std::int64_t text_bytes(std::size_t number) const {
    return index_[number + 1].begin - index_[number].begin - index_[number].trimmed_bytes;
  }
  std::optional<Split> given_split(std::size_t number) const {
    return index_[number].split < 0 ? std::nullopt : std::optional(static_cast<Split>(index_[number].split));
  }
  std::string id(std::size_t number) const;
  /// Replaces all of `document`, keeping its memory.
  void read(std::size_t number, Document& document) const;
  /// The text alone.
  void read_text(std::size_t number, std::string& out) const;

  const std::filesystem::path& directory() const { return directory_; }
  /// Of the texts and trimmed lines of all documents before this one.
  std::int64_t bytes_before(std::size_t number) const { return index_[number].begin; }
  std::int64_t bytes() const { return bytes_before(size()); }
  /// Of the dataset: how many sources had each result.
  const std::map<std::string, std::int64_t>& outcome_counts() const { return outcome_counts_; }

 private:
  friend std::optional<Documents> open_documents(const StageKey& key, Tell tell);
  std::filesystem::path directory_;
  MappedRecords<DocumentEntry> index_;
  std::shared_ptr<const RandomAccessFile> texts_, ids_;
  std::map<std::string, std::int64_t> outcome_counts_;
};

/// What is there under this key and whole, or nothing.
std::optional<Documents> open_documents(const StageKey& key, Tell tell = Tell::damage);

/// Told how many documents and bytes have been read; called now and then.
using DocumentProgress = std::function<void(std::int64_t documents, std::int64_t bytes)>;

/// Reads the dataset once, from where it stands to its end, document by document; characters are counted on `threads` threads.
/// @throws Error if it has no document at all, an id is not one line, or the
/// user interrupts
void build_documents(const StageKey& key, Dataset& dataset, int threads, const DocumentProgress& progress);

}  // namespace etude
