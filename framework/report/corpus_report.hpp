// What `etude prepare` leaves beside the packed tokens: corpus.h5, and of an analysis its songs and charts.
#pragma once

#include <corpus/analysis.hpp>
#include <corpus/corpus.hpp>

namespace etude {

struct CorpusReportOptions {
  std::int64_t analyze = 0;  ///< documents to sample; 0: no analysis, but one that is there stays
  double threshold = study_gzip_ratio;
  int threads = 1;
  /// The documents before any filter; asked for only if something is to be analysed.
  std::function<Documents()> documents;
};

struct CorpusReport {
  std::filesystem::path file;                ///< corpus.h5
  std::optional<Analysis> analysis;          ///< as asked for
  std::filesystem::path analysis_directory;  ///< songs/ and charts
  bool reused = false;                       ///< all of it was there already
};

/// Makes what is missing or damaged in `corpus.directory`; digests of the files stand in corpus.sha256 there.
/// @throws Error if it cannot be written, or the user interrupts
CorpusReport report_corpus(const Corpus& corpus, const CorpusReportOptions& options);

}  // namespace etude
