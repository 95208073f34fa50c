// What the sections of a report show, against the numbers that the runs were made of.
#include <catch.hpp>
#include <cmath>
#include <unit/report_fixture.hpp>

namespace etude {
namespace {

using Catch::Contains;
using Json = nlohmann::json;
using testing::chart_of;
using testing::data_of;
using testing::MadeStudy;
using testing::rows_of;
using testing::sized_run;

double offset_law(double parameters) { return 1.2 + std::pow(5000 / parameters, 0.4); }

/// Eight sizes whose losses an offset law gives exactly.
void fill_by_law(MadeStudy& study) {
  for (int i = 0; i < 8; ++i) {
    const double parameters = 1e4 * std::pow(2, i);
    study.add(sized_run("gpt", parameters, offset_law(parameters)));
  }
}

}  // namespace

TEST_CASE("A curve has a bounded number of points, ends where the run ends, and keeps its level") {
  MadeStudy study;
  RunData run = sized_run("gpt", 1e5, 2);
  run.train.clear();
  for (std::int64_t step = 1; step <= 10'000; ++step)
    run.train.push_back({step, 64 * step, step % 2 ? 2.5 : 3.5, 1e-3, 1, 0.25 * static_cast<double>(step), 2000, 1'000'000});
  run.validation = {{10'000, 640'000, 2.75, 2.7, 2.8, 4, 1}};
  study.add(run);
  const Section section = curves_section(study.read());
  const Json points = rows_of(chart_of(section, "curves-tokens"), "line");
  CHECK(points.size() > 60);
  CHECK(points.size() <= 160);
  CHECK(points.front()["x"] == 64);
  CHECK(points.front()["loss"] == 2.5);
  CHECK(points.back()["x"] == 640'000);
  CHECK(points.back()["loss"].get<double>() == Approx(3.0).epsilon(0.01));  // the mean of many steps
  for (std::size_t i = 1; i < points.size(); ++i) CHECK(points[i - 1]["x"] < points[i]["x"]);

  const Json validation = rows_of(chart_of(section, "curves-time"), "point");
  REQUIRE(validation.size() == 1);
  CHECK(validation[0]["x"] == 2500);  // when its step was done
  CHECK(validation[0]["loss"] == 2.75);
  CHECK(rows_of(chart_of(section, "curves-compute"), "point")[0]["x"] == 6e5 * 640'000);
}

TEST_CASE("Steps whose loss is no positive number are gaps in a curve, and runs without steps have none") {
  MadeStudy study;
  RunData run = sized_run("gpt", 1e5, 2);
  for (auto& row : run.train) row.loss = std::nan("");
  run.train[0].loss = 3.0;
  study.add(run);
  RunData empty = sized_run("lstm", 1e5, 2);
  empty.train.clear();
  study.add(empty);
  CHECK(rows_of(chart_of(curves_section(study.read()), "curves-tokens"), "line").size() == 1);
}

TEST_CASE("Fifty runs share the points of a page between them") {
  MadeStudy study;
  for (int i = 0; i < 50; ++i) study.add(sized_run(i % 2 ? "gpt" : "lstm", 1e4 + i, 2));
  const Json chart = chart_of(curves_section(study.read()), "curves-tokens");
  CHECK(rows_of(chart, "line").size() <= 12'000);
  // Fifty colours tell nobody apart: the families have one each.
  CHECK(chart["layer"][0]["encoding"]["color"]["field"] == "family");
  CHECK(chart["layer"][0]["encoding"]["color"]["scale"]["domain"].size() == 2);
}

TEST_CASE("The chart of losses shows each run with its interval and a law that goes through exact points") {
  MadeStudy study;
  fill_by_law(study);
  const ReportData data = study.read();
  REQUIRE(data.analysis);
  const Section section = losses_section(data);
  const Json chart = chart_of(section, "loss-parameters");
  const Json points = rows_of(chart, "rule");
  REQUIRE(points.size() == 8);
  for (const Json& point : points) {
    CHECK(point["loss"].get<double>() == Approx(offset_law(point["x"])));
    CHECK(point["low"].get<double>() == Approx(point["loss"].get<double>() - 0.01));
    CHECK(point["high"].get<double>() == Approx(point["loss"].get<double>() + 0.02));
  }
  const Json curve = rows_of(chart, "line");
  CHECK(curve.size() >= 20);
  for (const Json& at : curve) CHECK(at["loss"].get<double>() == Approx(offset_law(at["x"])).epsilon(1e-4));
  CHECK(curve.back()["x"].get<double>() > 1.28e6);  // somewhat beyond the largest
  for (const Json& at : rows_of(chart, "area")) CHECK(at["low"] <= at["high"]);
  CHECK_THAT(section.html, Contains("gpt, offset") && Contains("0.4000"));
  const Json compute = rows_of(chart_of(section, "loss-compute"), "point");
  CHECK(compute[0]["x"].get<double>() == Approx(6.0 * 1e4 * 200'000));
}

TEST_CASE("The largest model is shown as the smaller ones predict it") {
  MadeStudy study;
  fill_by_law(study);
  const Json chart = chart_of(losses_section(study.read()), "loss-parameters");
  const Json& layer = chart["layer"].back();
  CHECK(layer["mark"]["shape"] == "diamond");
  REQUIRE(layer["data"]["values"].size() == 1);
  CHECK(layer["data"]["values"][0]["x"] == 1.28e6);
  CHECK(layer["data"]["values"][0]["loss"].get<double>() == Approx(offset_law(1.28e6)).epsilon(1e-3));
}

TEST_CASE("Of several budgets the law of all of them is drawn, a curve each, and the lowest loss for the compute") {
  const auto law = [](double n, double d) { return 1.2 + std::pow(5000 / n, 0.4) + std::pow(2000 / d, 0.5); };
  MadeStudy study;
  for (const double tokens : {1e5, 4e5, 1.6e6})
    for (int i = 0; i < 5; ++i) {
      const double parameters = 1e4 * std::pow(3, i);
      RunData run = sized_run("gpt", parameters, law(parameters, tokens));
      run.header.label += text("_", tokens);
      run.header.experiment_toml = text("[training]\ntokens = ", static_cast<int>(tokens), "\n[architecture]\nwidth = ", i, "\n");
      for (auto& row : run.train) row.tokens = static_cast<std::int64_t>(tokens / 200 * static_cast<double>(row.step));
      run.validation.back().tokens = static_cast<std::int64_t>(tokens);
      study.add(run);
    }
  const Section section = losses_section(study.read());
  const Json chart = chart_of(section, "loss-parameters");
  std::map<std::string, int> curves;
  for (const Json& at : rows_of(chart, "line")) {
    ++curves[at["curve"]];
    if (at["curve"] == "gpt, chinchilla, 400 k tokens")
      CHECK(at["loss"].get<double>() == Approx(law(at["x"], 4e5)).epsilon(1e-3));
  }
  CHECK(curves.size() == 3);
  const Json budgets = rows_of(chart, "text");
  REQUIRE(budgets.size() == 3);
  CHECK(budgets[2]["budget"] == "1.60 M");
  // No split of the compute between parameters and tokens is better than the line.
  for (const Json& at : rows_of(chart_of(section, "loss-compute"), "line")) {
    const double product = at["x"].get<double>() / 6;
    double best = 10;
    for (double parameters = 100; parameters < 1e9; parameters *= 1.01)
      best = std::min(best, law(parameters, product / parameters));
    CHECK(at["loss"].get<double>() == Approx(best).epsilon(2e-3));
  }
}

TEST_CASE("Warnings of fits stand beside them, and the summary says that there are some") {
  MadeStudy study;
  for (const double parameters : {1e4, 1e5, 1e6, 1e7}) study.add(sized_run("gpt", parameters, offset_law(parameters)));
  const ReportData data = study.read();
  REQUIRE(data.analysis);
  std::size_t warnings = data.analysis->warnings.size();
  const std::string html = losses_section(data).html;
  for (const auto& fit : data.analysis->families[0].fits) warnings += fit.warnings.size();
  REQUIRE(warnings > 0);
  CHECK_THAT(html, Contains("What these points cannot tell") && Contains("no chinchilla fit"));
  CHECK_THAT(summary_section(data).html, Contains(text("The fits come with ", warnings, " warning")));
}

TEST_CASE("Runs that predict other tokens are fitted in bits per character") {
  MadeStudy study;
  for (const double parameters : {1e4, 1e5, 1e6, 1e7}) {
    RunData run = sized_run("gpt", parameters, offset_law(parameters));
    run.header.provenance[0].second = text("corpus of ", parameters);
    run.header.provenance.emplace_back("validation_text", "the same");
    study.add(run);
  }
  const ReportData data = study.read();
  REQUIRE(data.analysis);
  CHECK(data.analysis->points.unit == LossUnit::bits_per_character);
  CHECK_THAT(chart_of(losses_section(data), "loss-parameters").dump(), Contains("bits a character"));
}

TEST_CASE("The comparison marks the best and says which runs were trials") {
  MadeStudy study;
  study.add(sized_run("gpt", 1e4, 1.9));
  study.add(sized_run("gpt", 1e5, 1.7));
  study.add(sized_run("gpt", 1e6, 1.8));
  StudyRecord record{.study = "made-up", .runs = {}};
  record.planned = {{"gpt-100000"}, {"gpt-10000"}, {"gpt-1000000", "", false}};
  record.choices = {{"rate", "3e-3", "gpt", "validation_loss", 1.7, true}};
  write_study_record(study.path(), record);
  const ReportData data = study.read();
  CHECK(data.runs[0].data.header.label == "gpt-100000");  // in the study's order
  CHECK_FALSE(data.runs[2].selected);
  const std::string html = comparison_section(data).html;
  CHECK_THAT(html,
             Contains("class=\"number best\" data-value=\"1.7\"") && Contains("done, trial") && Contains("1.690 \u2013 1.720"));
  CHECK(html.find("gpt-100000") < html.find("gpt-10000<"));
  CHECK_THAT(summary_section(data).html,
             Contains("Of rate, 3e-3 was chosen for gpt, by validation_loss (1.7000). It is at the edge of what was tried"));
}

TEST_CASE("Runs that differ in seeds are one configuration with its spread") {
  MadeStudy study;
  for (const int seed : {1, 2, 3}) {
    RunData run = sized_run("gpt", 1e4, 1.9 + 0.1 * seed);
    run.header.label += text("_seed-", seed);
    run.header.experiment_toml += text("[training.seeds]\ninitialisation = ", seed, "\n");
    study.add(run);
  }
  study.add(sized_run("gpt", 1e5, 1.7));
  const std::string html = comparison_section(study.read()).html;
  CHECK_THAT(html, Contains("Differences are to gpt-100000"));
  CHECK_THAT(html, Contains(">3</td>") && Contains(">2.1000") && Contains(">0.1000</td>") && Contains(">+0.4000"));
}

TEST_CASE("Shares stand with their intervals, the metric's own one in a chart") {
  MadeStudy study;
  RunData run = sized_run("gpt", 1e4, 1.9);
  run.metrics["abc_validity"].scalars["abc_validity"] = {0.68, 0.638, 0.719, false, false, true};
  run.metrics["abc_validity"].scalars["has_tune"] = {0.9, 0.85, 0.95, false, false, true};
  run.metrics["abc_validity"].scalars["notes"] = {32.0, {}, {}, false, false, false};
  study.add(run);
  const Section section = validity_section(study.read());
  REQUIRE(section.charts.size() == 1);
  const Json row = rows_of(chart_of(section, "share-abc_validity"), "rule")[0];
  CHECK(row["value"] == 0.68);
  CHECK(row["low"] == 0.638);
  CHECK(row["high"] == 0.719);
  CHECK_THAT(section.html, Contains("has tune") && Contains("85.0-95.0") && !Contains("notes"));
  study.add(sized_run("lstm", 1e4, 1.9));  // measured nothing
  CHECK(rows_of(chart_of(validity_section(study.read()), "share-abc_validity"), "rule").size() == 1);
}

TEST_CASE("Costs are those of the runs, and say where they do not compare") {
  MadeStudy study;
  study.add(sized_run("gpt", 1e4, 1.9));
  CHECK(rows_of(chart_of(costs_section(study.read()), "cost-time"), "point")[0]["value"] ==
        113);  // 100 s of steps, 13 s of validation
  CHECK(rows_of(chart_of(costs_section(study.read()), "cost-throughput"), "point")[0]["value"] == 2000);
  CHECK_THAT(costs_section(study.read()).html, !Contains("<p>Of") && !Contains("began from"));
  RunData other = sized_run("gpt", 1e5, 1.9);
  other.header.provenance.emplace_back("jobs", "2");
  other.header.provenance.emplace_back("parent", "gpt-10000-0123abcd step 100");
  study.add(other);
  CHECK_THAT(comparison_section(study.read()).html,
             Contains(">[2.00 k]<") && Contains(">2.00 k<") && Contains("[] measured while other runs went"));
  CHECK_THAT(costs_section(study.read()).html, Contains("Of 1 run, tokens a second and time say little") &&
                                                   Contains("1 run began from another run&#39;s checkpoint"));
}

TEST_CASE("Provenance says what the runs share, what differs, and which commit cannot be trusted") {
  MadeStudy study;
  for (const double parameters : {1e4, 1e5}) {
    RunData run = sized_run("gpt", parameters, 1.9);
    run.header.provenance.emplace_back("git_commit", "0123abc");
    run.header.provenance.emplace_back("git_dirty", parameters == 1e4 ? "true" : "false");
    study.add(run);
  }
  const std::string html = provenance_section(study.read()).html;
  CHECK_THAT(html, Contains("<dt>git_commit</dt><dd>0123abc</dd>") && Contains("<dt>training.batch_size</dt><dd>8</dd>"));
  CHECK_THAT(html, Contains("<th scope=\"col\">architecture.width</th>") && !Contains("<dt>architecture.width</dt>"));
  CHECK_THAT(html, Contains("The sources had changes that no commit has when 1 of the runs was made"));
}

TEST_CASE("Names of a study that look like script are text in every section") {
  MadeStudy study;
  RunData run = sized_run("gpt", 1e4, 1.9);
  const std::string evil = "<img src=x onerror=alert(1)>";
  run.header.axes = {{evil, evil}, {"other", evil}};
  run.header.provenance.emplace_back(evil, evil);
  run.header.provenance.emplace_back("plugin.architecture." + evil, evil);
  run.metrics[evil].scalars[evil] = {0.68, 0.638, 0.719, false, false, true};
  run.state = "failed";
  run.reason = evil;
  study.add(run);
  const ReportData data = study.read();
  for (const Section& section : {summary_section(data), losses_section(data), comparison_section(data), curves_section(data),
                                 costs_section(data), validity_section(data), provenance_section(data)})
    CHECK_THAT(section.html, !Contains("<img"));
}

}  // namespace etude
