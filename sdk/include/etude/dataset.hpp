// The interface of datasets.
#pragma once

#include <etude/document.hpp>
#include <etude/options.hpp>
#include <filesystem>
#include <functional>
#include <map>

namespace etude {

/// What the host offers a dataset.
struct DatasetContext {
  std::filesystem::path cache_directory;  ///< exists, is the dataset's own, and outlives the run; for converted files
  int threads = 1;                        ///< at most this many at once
  /// Tells the user how far a long piece of work is ("converting", 12, 167). May be empty; call it from the calling thread only.
  std::function<void(const std::string& what, std::int64_t done, std::int64_t total)> progress;
  std::function<void(const std::string& message)> warn;  ///< shown and logged; may be empty
};

/// What became of one source.
struct Outcome {
  std::string id;      ///< of the document or source file
  std::string result;  ///< "converted", "failed", "dropped", "timed out", ...
  std::string reason;  ///< in the words of what failed; may be empty
};

/// A stream of cleaned documents, never all in memory. Constructed by T(const T::Options&, const DatasetContext&), which is
/// cheap: missing paths and programs are reported by the first next() or fingerprint(), so that `etude check` can describe what
/// is not there. Conversion and cleaning belong here; filtering, splitting, tokenizing and packing belong to the framework.
class ETUDE_API Dataset : public DocumentSource {
 public:
  ~Dataset() override;

  /// Changes when the documents may change: a digest of the sources' content and of the converter's version. The options need not
  /// enter, the framework adds them.
  /// @throws Error if the sources cannot be read
  virtual std::string fingerprint() = 0;

  /// What follows each document in the packed text when the tokenizer has no end-of-text id.
  virtual std::string separator() const { return "\n\n"; }

  /// Semitones by which training documents are to be repeated, as the dataset's options say; without 0. The framework asks for
  /// the variants. They enter the corpus' fingerprint, so that the option itself is declared without effect on the result.
  virtual std::vector<int> transpositions() const { return {}; }

  /// The document moved up by `semitones`, cleaned, or nothing if it cannot be (out of range, or not of a kind that can be
  /// moved). Any number of threads at once, once next() has said that it was the last.
  virtual std::optional<Document> variant(const std::string& id, int semitones);

  /// What became of each source in the last complete pass; sources that simply became documents may be left out.
  virtual std::vector<Outcome> outcomes() const { return {}; }
  /// The same as totals: how many sources had each result.
  virtual std::map<std::string, std::int64_t> outcome_counts() const { return {}; }
};

}  // namespace etude
