// corpus.h5 and what an analysis leaves beside it. No picture is drawn here: that takes a second (chart_test.cpp).
#include <base/files.hpp>
#include <base/log.hpp>
#include <catch.hpp>
#include <corpus/corpus_file.hpp>
#include <corpus/outcome_table.hpp>
#include <report/corpus_report.hpp>
#include <sstream>
#include <unit/library_fixture.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;

struct Reporting {
  Workshop workshop;
  Corpus corpus = workshop.prepare();
  fs::path log = workshop.folder.path() / "log.txt";
  int asked_for_documents = 0;

  Reporting() { setenv("ETUDE_PYTHON", "/none", 1); }
  ~Reporting() { unsetenv("ETUDE_PYTHON"); }

  CorpusReport report(std::int64_t analyze, double threshold = 0.24) {
    fs::remove(log);
    const LogFile copy(log);
    return report_corpus(corpus, {analyze, threshold, 2, [&] {
                                    ++asked_for_documents;
                                    return Documents(corpus.documents_directory);
                                  }});
  }
  std::string said() const { return read_file(log); }
};

std::vector<std::string> lines_of(const fs::path& file) {
  std::istringstream in(read_file(file));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

TEST_CASE("corpus.h5 gives back the analysis that it was written with") {
  Reporting reporting;
  const auto file = reporting.workshop.folder.path() / "corpus.h5";
  write_corpus_file(file, reporting.corpus, nullptr);
  CHECK(read_corpus_file(file).fingerprint == reporting.corpus.fingerprint);
  CHECK_FALSE(read_corpus_file(file).analysis);

  Analysis analysis;
  analysis.documents = 9;
  analysis.asked = 2;
  analysis.threshold = 0.125;
  analysis.sample = {{3, "a/b é.mid", 17, {100, 30}}, {5, "", 0, {0, 0}}};
  write_corpus_file(file, reporting.corpus, &analysis);
  const auto back = read_corpus_file(file).analysis;
  REQUIRE(back);
  CHECK(back->documents == 9);
  CHECK(back->asked == 2);
  CHECK(back->threshold == 0.125);
  REQUIRE(back->sample.size() == 2);
  CHECK(back->sample[0].number == 3);
  CHECK(back->sample[0].id == "a/b é.mid");
  CHECK(back->sample[0].characters == 17);
  CHECK(back->sample[0].ratio() == 0.3);
  CHECK(back->sample[1].ratio() == 0);

  std::ofstream(file) << "nonsense";
  CHECK_THROWS_WITH(read_corpus_file(file), Catch::Contains("cannot read " + file.string()));
}

TEST_CASE("A report that is there is not made again") {
  Reporting reporting;
  CHECK_FALSE(reporting.report(0).reused);
  CHECK(reporting.report(0).reused);
  CHECK(reporting.asked_for_documents == 0);

  const auto first = reporting.report(3);
  CHECK_FALSE(first.reused);
  CHECK(first.analysis->sample.size() == 3);
  CHECK(reporting.report(3).reused);
  CHECK(reporting.report(0).reused);
  CHECK(reporting.asked_for_documents == 1);

  SECTION("another sample is") {
    CHECK_FALSE(reporting.report(4).reused);
    CHECK(reporting.asked_for_documents == 2);
  }
  SECTION("another threshold is") {
    CHECK_FALSE(reporting.report(3, 0.3).reused);
    CHECK(reporting.asked_for_documents == 2);
  }
  SECTION("all documents are all, however many were asked for") {
    CHECK_FALSE(reporting.report(8).reused);
    CHECK(reporting.report(1000).reused);
    CHECK_FALSE(reporting.report(7).reused);
  }
}

TEST_CASE("What is damaged of a report is told and made again") {
  Reporting reporting;
  const auto report = reporting.report(3);
  const auto songs = report.analysis_directory / "songs";
  const auto song = fs::directory_iterator(songs)->path();
  const std::vector<std::pair<fs::path, std::string>> damages{
      {report.file, "the checksum of corpus.h5 differs"},
      {song, "the checksum of analysis/songs/" + song.filename().string() + " differs"},
      {reporting.corpus.directory / "corpus.sha256", "is no list of digests"}};
  const auto& [damaged, words] = damages.at(GENERATE(0u, 1u, 2u));
  const std::string before = read_file(damaged);
  std::ofstream(damaged, std::ios::app) << "x";
  if (damaged.filename() == "corpus.sha256") std::ofstream(damaged) << "nonsense\n";
  CHECK_FALSE(reporting.report(3).reused);
  CHECK_THAT(reporting.said(), Catch::Contains(words));
  const std::string told = reporting.said(), remedy = "it is made again";
  CHECK(told.find(remedy) != std::string::npos);
  CHECK(told.find(remedy) == told.rfind(remedy));  // once
  CHECK(read_file(damaged) == before);

  fs::remove(song);
  CHECK_FALSE(reporting.report(3).reused);
  CHECK_THAT(reporting.said(), Catch::Contains("is missing"));
  CHECK(fs::exists(song));
}

TEST_CASE("Songs of another sample do not stay") {
  Reporting reporting;
  const auto songs = reporting.report(8).analysis_directory / "songs";
  std::ofstream(songs / "left-over.abc") << "X:1\n";
  CHECK_FALSE(reporting.report(2).reused);
  CHECK_FALSE(fs::exists(songs / "left-over.abc"));
}

TEST_CASE("A song's file is the document as it was measured, with what cleaning trimmed") {
  Workshop workshop;
  workshop.library.documents.push_back({"trimmed", "K:C\nabc\n", {}, "z4|\nz4|\n"});
  const Corpus corpus = workshop.prepare();
  setenv("ETUDE_PYTHON", "/none", 1);
  const auto report = report_corpus(corpus, {100, 0.24, 1, [&] { return Documents(corpus.documents_directory); }});
  unsetenv("ETUDE_PYTHON");
  int found = 0;
  for (const auto& entry : fs::directory_iterator(report.analysis_directory / "songs"))
    if (entry.path().filename().string().ends_with("_trimmed.abc")) {
      CHECK(read_file(entry.path()) == "z4|\nz4|\nK:C\nabc\n");
      ++found;
    }
  CHECK(found > 0);
}

TEST_CASE("The table of outcomes has a line for each source and each document") {
  Workshop workshop;
  workshop.add("broken-not", "a-b");
  workshop.experiment.filter.min_characters = 3;
  const Corpus corpus = workshop.prepare();
  const auto file = workshop.folder.path() / "outcomes.tsv";
  write_outcome_table(file, corpus);
  const auto lines = lines_of(file);
  REQUIRE(lines.size() == 1 + 1 + 9);
  CHECK(lines[0] == "id\tresult\treason\tverdict\ttwin_in_training\tcharacters\traw_bytes\tgzip_bytes\tgroup");
  CHECK(lines[1] == "broken.mid\tfailed\tno notes\t\t\t\t\t\t");
  CHECK(lines[2] == "0\t\t\tfiltered: too short\tno\t1\t\t\t");
  std::map<std::string, int> verdicts;
  for (std::size_t i = 2; i < lines.size(); ++i) {
    CHECK(std::count(lines[i].begin(), lines[i].end(), '\t') == 8);
    std::istringstream fields(lines[i]);
    std::string verdict;
    for (int field = 0; field < 4; ++field) std::getline(fields, verdict, '\t');
    ++verdicts[verdict];
  }
  CHECK(verdicts["filtered: too short"] == 2);
  CHECK(verdicts["train"] == static_cast<int>(corpus.train.documents.size()));
  CHECK(verdicts["validation"] == static_cast<int>(corpus.validation.documents.size()));
  CHECK(verdicts["test"] == static_cast<int>(corpus.test.documents.size()));

  fs::remove_all(corpus.texts_directory);
  CHECK_THROWS_WITH(write_outcome_table(file, corpus),
                    Catch::Contains("cannot read ") && Catch::Contains("prepare the corpus again"));
}
