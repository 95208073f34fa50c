// The report as a file: whole, safe, and honest about what it lacks.
#include <base/files.hpp>
#include <base/log.hpp>
#include <catch.hpp>
#include <cli/command.hpp>
#include <cstdlib>
#include <fstream>
#include <report/page.hpp>
#include <unit/report_fixture.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using Catch::Contains;
using testing::MadeStudy;
using testing::sized_run;

/// Python is a program that has no vl_convert, as long as it lives.
struct NoVlConvert {
  NoVlConvert() {
    const fs::path python = temporary.path() / "python";
    std::ofstream(python) << "#!/bin/sh\necho \"No module named 'vl_convert'\"\nexit 3\n";
    fs::permissions(python, fs::perms::owner_all);
    setenv("ETUDE_PYTHON", python.c_str(), 1);
  }
  ~NoVlConvert() { unsetenv("ETUDE_PYTHON"); }
  testing::TemporaryDirectory temporary;
};

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// What stands between the quotes after `before`.
std::string quoted_after(const std::string& text, const std::string& before) {
  const auto begin = text.find(before);
  REQUIRE(begin != std::string::npos);
  return text.substr(begin + before.size(), text.find_first_of("\"'", begin + before.size()) - begin - before.size());
}

Chart point_of(const std::string& name) {
  return {"points",
          "Points",
          "",
          {{"point", {{"name", std::vector<std::string>{name}}, {"n", std::vector<double>{1}}}, {{"x", "n"}, {"y", "name"}}}}};
}

}  // namespace

TEST_CASE("Only the page's own scripts run, and nothing is fetched") {
  const std::string page = page_of("study", {{"one", "One", "<p>text</p>"}}, {}, "drawing()");
  CHECK_THAT(page, Contains("default-src 'none'; script-src 'nonce-"));
  CHECK_THAT(page, !Contains("script-src 'unsafe") && !Contains("unsafe-eval") && !Contains("http-equiv=\"refresh\""));
  const std::string nonce = quoted_after(page, "'nonce-");
  CHECK(nonce.size() == 32);
  // The data, which is not run, and two scripts, which have the word.
  CHECK(count_of(page, "<script") == 3);
  CHECK(count_of(page, "<script type=\"module\" nonce=\"" + nonce + "\">") == 2);
  CHECK(page == page_of("study", {{"one", "One", "<p>text</p>"}}, {}, "drawing()"));
  CHECK(nonce != quoted_after(page_of("study", {{"one", "One", "<p>more</p>"}}, {}, "drawing()"), "'nonce-"));
}

TEST_CASE("Names that look like script stay names, in titles, in what is left out and in the data of charts") {
  const std::string evil = "</script><script>alert(1)</script><!--";
  const std::string page = page_of(evil, {{"one", evil, "<p>text</p>", {point_of(evil)}}}, {evil}, "drawing()");
  CHECK(count_of(page, "<script") == 3);
  CHECK(count_of(page, "</script") == 3);
  CHECK_THAT(page, !Contains("<!--") && Contains("\\u003c/script>"));
}

TEST_CASE("A section without content is no section and no link") {
  const std::string page = page_of("study", {{"one", "One", "<p>text</p>"}, {"two", "Two", ""}}, {}, "");
  CHECK_THAT(page, Contains("<a href=\"#one\">One</a>") && Contains("<section id=\"one\"") && !Contains("#two"));
  CHECK_THAT(page, !Contains("id=\"left-out\""));
}

TEST_CASE("A report stands in the study's folder with the specifications of its charts beside it") {
  MadeStudy study;
  for (const double parameters : {1e4, 1e5, 1e6, 1e7}) study.add(sized_run("gpt", parameters, 1 + 10 / std::sqrt(parameters)));
  const NoVlConvert without;
  const fs::path file = write_report(study.path(), {});
  CHECK(file == study.path() / "report.html");
  const std::string page = read_file(file);
  CHECK_THAT(page, Contains("<title>made-up</title>"));
  for (const char* section : {"summary", "losses", "comparison", "curves", "costs", "provenance"})
    CHECK_THAT(page, Contains(text("<section id=\"", section, "\"")));
  for (const char* chart : {"loss-parameters", "loss-compute", "curves-tokens", "curves-time", "curves-compute", "cost-memory"}) {
    CHECK_THAT(page, Contains(text("data-chart=\"", chart, "\"")));
    CHECK(fs::exists(study.path() / "report" / text(chart, ".vl.json")));
  }
  CHECK_FALSE(fs::exists(study.path() / "report" / "vega.js.partial"));
}

TEST_CASE("A page whose name has no extension does not stand in the way of its charts") {
  MadeStudy study;
  study.add(sized_run("gpt", 1e4, 2));
  const NoVlConvert without;
  ReportOptions options;
  options.file = study.path() / "page";
  write_report(study.path(), options);
  CHECK(fs::is_regular_file(options.file));
  CHECK(fs::exists(study.path() / "page-charts" / "cost-time.vl.json"));
}

TEST_CASE("Without vl-convert there is a page without charts that says so, and one warning") {
  MadeStudy study;
  study.add(sized_run("gpt", 1e4, 2));
  const NoVlConvert without;
  testing::TemporaryDirectory temporary;
  {
    const LogFile log(temporary.path() / "log.txt");
    write_report(study.path(), {});
  }
  const std::string page = read_file(study.path() / "report.html");
  CHECK_THAT(page, Contains("<html lang=\"en\" class=\"without-charts\">") && Contains("id=\"left-out\"") &&
                       Contains("cannot import vl_convert") && Contains("-m pip install vl-convert-python"));
  const std::string log = read_file(temporary.path() / "log.txt");
  CHECK(count_of(log, "the report has no charts") == 1);
}

TEST_CASE("With vl-convert the page carries what draws its charts, and pictures where they are asked for") {
  const std::string python = std::getenv("ETUDE_TEST_PYTHON");
  if (std::system((python + " -c 'import vl_convert' 2> /dev/null").c_str()) != 0)
    SKIP("no Python with vl_convert (tools/setup makes one)");
  MadeStudy study;
  study.add(sized_run("gpt", 1e4, 2));
  setenv("ETUDE_PYTHON", python.c_str(), 1);
  ReportOptions options;
  options.file = study.path() / "elsewhere" / "page.html";
  options.png = true;
  CHECK(write_report(study.path(), options) == options.file);
  unsetenv("ETUDE_PYTHON");
  const std::string page = read_file(options.file);
  CHECK(page.size() > 800'000);
  CHECK(count_of(page, "class=\"without-charts\"") == 0);
  CHECK(count_of(page, "<li>charts: ") == 0);
  CHECK(count_of(page, "</script") == 3);
  const std::string picture = read_file(study.path() / "elsewhere" / "page" / "cost-memory.png");
  CHECK(picture.starts_with("\x89PNG"));
  CHECK_FALSE(fs::exists(study.path() / "elsewhere" / "page" / "cost-memory.svg"));
}

TEST_CASE("An unfinished study is shown as far as it is, and says what is missing") {
  MadeStudy study;
  study.add(sized_run("gpt", 1e4, 2));
  RunData stopped = sized_run("gpt", 1e5, 2);
  stopped.state = "interrupted";
  stopped.validation.clear();
  stopped.metrics.clear();
  study.add(stopped);
  RunData failed = sized_run("gpt", 1e6, 2);
  failed.state = "failed";
  failed.reason = "the loss is not a number";
  failed.train.clear();
  failed.validation.clear();
  failed.metrics.clear();
  study.add(failed);
  StudyRecord record{.study = "made-up", .runs = {}};
  for (const char* label : {"gpt-10000", "gpt-100000", "gpt-1000000", "gpt-10000000"}) record.planned.push_back({label});
  write_study_record(study.path(), record);

  const ReportData data = study.read();
  const Section section = summary_section(data);
  CHECK_THAT(section.html, Contains("This study is not finished") && Contains("gpt-100000: interrupted, 200 k tokens so far") &&
                               Contains("gpt-1000000: failed (the loss is not a number)") && Contains("1 run not begun") &&
                               Contains("<dd>1<small>done of 4</small></dd>"));
  const NoVlConvert without;
  CHECK_THAT(read_file(write_report(study.path(), {})), Contains("No scaling law was fitted"));
}

TEST_CASE("A damaged run and a damaged study.h5 are left out and named") {
  MadeStudy study;
  study.add(sized_run("gpt", 1e4, 2));
  const auto damaged = study.add(sized_run("gpt", 1e5, 2));
  std::ofstream(damaged / "journal.jsonl") << "{\"event\":\"header\"\nno JSON\n";
  std::ofstream(study.path() / "study.h5") << "no HDF5";
  const ReportData data = study.read();
  CHECK(data.runs.size() == 1);
  REQUIRE(data.left_out.size() == 2);
  CHECK_THAT(data.left_out[0], Contains("study.h5"));
  CHECK_THAT(data.left_out[1], Contains(damaged.string()));
  const NoVlConvert without;
  CHECK_THAT(read_file(write_report(study.path(), {})), Contains(damaged.string()));
}

TEST_CASE("Without a run that can be read there is no report, and an error says so") {
  MadeStudy study;
  CHECK_THROWS_WITH(write_report(study.path(), {}), Contains("is not a directory"));
  fs::create_directories(study.path());
  CHECK_THROWS_WITH(write_report(study.path(), {}), Contains("there are no runs in"));
  const auto damaged = study.add(sized_run("gpt", 1e5, 2));
  std::ofstream(damaged / "journal.jsonl") << "no JSON\n";
  fs::remove(damaged / "run.h5");
  CHECK_THROWS_WITH(write_report(study.path(), {}), Contains("that can be read"));
}

TEST_CASE("etude report prints where the page is and refuses a count of samples that is none") {
  MadeStudy study;
  study.add(sized_run("gpt", 1e4, 2));
  const NoVlConvert without;
  CHECK(testing::output_of(report_command, {study.path().string()}) == (study.path() / "report.html").string() + "\n");
  CHECK_THROWS_WITH(report_command({study.path().string(), "--samples", "-1"}), Contains("samples"));
}

}  // namespace etude
