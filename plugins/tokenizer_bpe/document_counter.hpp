// Counts the pretokens of a stream of documents on several threads and in bounded memory.
#pragma once

#include <etude/document.hpp>
#include <functional>

#include "word_counts.hpp"

namespace etude::bpe {

/// The counts depend neither on the number of threads nor on the order of the documents.
class DocumentCounter {
 public:
  /// @param threads     at most this many at once
  /// @param max_weight  of the counts (WordCounts::weight()), which bounds the memory; a table for each thread comes on top
  DocumentCounter(DocumentSource& documents, SplitRule rule, int threads, std::size_t max_weight)
      : documents_(documents), rule_(rule), threads_(threads), max_weight_(max_weight) {}

  /// Reads the documents once, and counts every pretoken. Where the distinct ones weigh more than allowed, it reads them twice
  /// more, to find which are rare and to count the others alone: exactly, but for those left out.
  /// @throws Error if even the most frequent pretokens weigh more than allowed
  WordCounts count();

 private:
  /// Takes over what one thread counted; one call at a time. False: stop reading.
  using Take = std::function<bool(const WordCounts&)>;

  void read(const Take& take);
  WordCounts count_frequent();

  DocumentSource& documents_;
  SplitRule rule_;
  int threads_;
  std::size_t max_weight_;
};

}  // namespace etude::bpe
