#include <algorithm>
#include <base/files.hpp>
#include <base/log.hpp>
#include <corpus/corpus_file.hpp>
#include <corpus/stage_progress.hpp>
#include <report/corpus_charts.hpp>
#include <report/corpus_report.hpp>
#include <report/export.hpp>
#include <sstream>

namespace etude {
namespace {

namespace fs = std::filesystem;

constexpr const char* digests_name = "corpus.sha256";
constexpr const char* analysis_name = "analysis";

/// Lines as sha256sum writes them, so that it can check them too.
void write_digests(const fs::path& directory, const std::vector<fs::path>& files) {
  std::string lines;
  for (const auto& file : files) lines += text(sha256_of_file(directory / file), "  ", file.string(), "\n");
  write_file(directory / digests_name, lines);
}

/// What is wrong with the files that the digests name, or "".
std::string damage(const fs::path& directory) {
  std::istringstream lines(read_file(directory / digests_name));
  bool any = false;
  for (std::string line; std::getline(lines, line); any = true) {
    const auto space = line.find("  ");
    if (space == std::string::npos) return text(digests_name, " is no list of digests");
    const std::string file = line.substr(space + 2);
    if (!fs::exists(directory / file)) return text(file, " is missing");
    if (sha256_of_file(directory / file) != line.substr(0, space)) return text("the checksum of ", file, " differs");
  }
  return any ? "" : text(digests_name, " is empty");
}

/// What lies there if it is whole; what is damaged is told, if wanted.
std::optional<CorpusFile> open_report(const Corpus& corpus, Tell tell) {
  if (!fs::exists(corpus.directory / digests_name)) return std::nullopt;
  std::string wrong;
  try {
    wrong = damage(corpus.directory);
    if (wrong.empty()) {
      CorpusFile file = read_corpus_file(corpus.directory / corpus_file_name);
      if (file.fingerprint == corpus.fingerprint) return file;
      wrong = "another fingerprint";
    }
  } catch (const Error& error) {
    wrong = error.what();
  }
  if (tell == Tell::damage)
    log_warning(text((corpus.directory / corpus_file_name).string(), " is damaged (", wrong, "); it is made again"));
  return std::nullopt;
}

bool is_asked_for(const std::optional<Analysis>& analysis, const CorpusReportOptions& options) {
  if (options.analyze == 0) return true;
  return analysis && analysis->threshold == options.threshold &&
         (analysis->asked == options.analyze ||
          std::min(analysis->asked, options.analyze) >= analysis->documents);  // both mean all
}

Analysis make_analysis(const Documents& documents, const CorpusReportOptions& options) {
  StageProgress progress;
  return analyze(documents, options.analyze, options.threshold, options.threads,
                 [&](std::int64_t done, std::int64_t all) { progress.show("analysing", done, all, "documents"); });
}

/// The songs as they were measured.
void write_songs(const fs::path& folder, const Analysis& analysis, const Documents& documents) {
  fs::create_directories(folder);
  Document document;
  for (const ChosenSong& song : chosen_songs(analysis)) {
    documents.read(static_cast<std::size_t>(song.document->number), document);
    write_file(folder / song.file_name(), document.trimmed + document.text);
  }
}

/// False where a chart is not drawn, for want of a program maybe.
bool charts_are_drawn(const fs::path& folder, const std::vector<Chart>& charts) {
  return std::all_of(charts.begin(), charts.end(),
                     [&](const Chart& chart) { return fs::exists(folder / (chart.name + ".svg")); });
}

/// All that belongs to the report, relative to the corpus.
std::vector<fs::path> report_files(const fs::path& directory) {
  std::vector<fs::path> files{corpus_file_name};
  if (fs::exists(directory / analysis_name))
    for (const auto& entry : fs::recursive_directory_iterator(directory / analysis_name))
      if (entry.is_regular_file()) files.push_back(entry.path().lexically_relative(directory));
  std::sort(files.begin(), files.end());
  return files;
}

/// What there is, if it is all that is asked for.
std::optional<CorpusReport> find_report(const Corpus& corpus, const CorpusReportOptions& options, Tell tell) {
  auto there = open_report(corpus, tell);
  if (!there || !is_asked_for(there->analysis, options)) return std::nullopt;
  CorpusReport report;
  if (options.analyze > 0) report.analysis = std::move(there->analysis);
  report.reused = true;
  return report;
}

CorpusReport make_report(const Corpus& corpus, const CorpusReportOptions& options) {
  CorpusReport report;
  std::error_code ignored;
  fs::remove(corpus.directory / digests_name, ignored);
  if (options.analyze > 0) {
    fs::remove_all(corpus.directory / analysis_name, ignored);  // of another sample
    const Documents documents = options.documents();
    report.analysis = make_analysis(documents, options);
    write_songs(corpus.directory / analysis_name / "songs", *report.analysis, documents);
    export_charts(corpus.directory / analysis_name, corpus_charts(corpus, *report.analysis));
  }
  write_corpus_file(corpus.directory / corpus_file_name, corpus, report.analysis ? &*report.analysis : nullptr);
  write_digests(corpus.directory, report_files(corpus.directory));
  return report;
}

}  // namespace

CorpusReport report_corpus(const Corpus& corpus, const CorpusReportOptions& options) {
  auto report = find_report(corpus, options, Tell::damage);
  if (!report) {
    const DirectoryLock lock(corpus.directory,
                             text("another process reports on ", corpus.directory.string(), "; waiting for it"));
    report = find_report(corpus, options, Tell::nothing);  // the other process may have made the very same
    if (!report) report = make_report(corpus, options);
  } else if (report->analysis) {
    const auto charts = corpus_charts(corpus, *report->analysis);
    if (!charts_are_drawn(corpus.directory / analysis_name, charts)) {
      report->reused = !export_charts(corpus.directory / analysis_name, charts);
      // Drawn or not: charts that were there may be gone.
      write_digests(corpus.directory, report_files(corpus.directory));
    }
  }
  report->file = corpus.directory / corpus_file_name;
  report->analysis_directory = corpus.directory / analysis_name;
  return *report;
}

}  // namespace etude
