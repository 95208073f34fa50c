#include <catch.hpp>
#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>
#include <record/cells.hpp>
#include <record/study_file.hpp>
#include <study/grouped_comparison.hpp>
#include <temporary_directory.hpp>
#include <unit/made_runs.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using testing::data_of;
using testing::MadeRun;
using testing::output_of;
using testing::write_run;

/// A run of a study with the axes model, budget and seed; its 40 documents have equal losses.
MadeRun made(const std::string& model, const std::string& budget, int seed, double loss) {
  MadeRun run{model + "_" + budget + "_seed-" + std::to_string(seed), loss, loss * 1.5};
  run.axes = {{"model", model}, {"budget", budget}, {"seed", "seed-" + std::to_string(seed)}};
  run.experiment = "learning_rate = " + std::string(budget == "1M" ? "0.001" : "0.002") +
                   "\n[training.seeds]\ninitialisation = " + std::to_string(seed) + "\n[architecture]\nplugin = \"" +
                   model.substr(0, model.find('-')) + "\"\nwidth = " + std::to_string(model.size()) + "\n";
  WindowTable windows;
  for (std::int64_t document = 0; document < 40; ++document) {
    windows.loss.push_back(loss);
    windows.tokens.push_back(100);
    windows.characters.push_back(120);
    windows.document.push_back(document);
  }
  run.windows = windows;
  return run;
}

std::vector<ComparedRun> compared(const std::vector<MadeRun>& all) {
  std::vector<ComparedRun> runs;
  for (const auto& one : all) runs.push_back(compared_run("runs/" + one.study + "/" + one.label, data_of(one)));
  return runs;
}

const std::vector<MadeRun> whole_study = {made("gpt", "1M", 1, 2.0),  made("gpt", "1M", 2, 2.2),  made("gpt", "2M", 1, 1.0),
                                          made("gpt", "2M", 2, 1.2),  made("lstm", "1M", 1, 2.5), made("lstm", "1M", 2, 2.5),
                                          made("lstm", "2M", 1, 1.5), made("lstm", "2M", 2, 1.5)};

const RunGroup& group_of(const GroupedComparison& comparison, const std::string& name) {
  for (const auto& group : comparison.groups())
    if (group.name == name) return group;
  throw Error("no group " + name);
}

}  // namespace

TEST_CASE("Runs that differ in nothing but seeds share a cell") {
  const auto cell = [](const MadeRun& run) { return cell_of(data_of(run).header); };
  const auto first = made("gpt", "1M", 1, 2.0);
  CHECK(cell(first) == cell(made("gpt", "1M", 2, 9.9)));
  CHECK(cell(first) != cell(made("gpt", "2M", 1, 2.0)));
  CHECK(cell(first) != cell(made("lstm", "1M", 1, 2.0)));
  auto other = first;
  other.corpus = "other";
  CHECK(cell(first) != cell(other));
  other = first;
  other.experiment = "threads = 7\nlog_every = 3\n" + other.experiment;  // these change no result
  CHECK(cell(first) == cell(other));
}

TEST_CASE("A group has the mean and the spread over seeds, and its difference to the baseline with an interval") {
  const GroupedComparison comparison(compared(whole_study), {.by = {"model"}, .baseline = "lstm"});
  REQUIRE(comparison.groups().size() == 2);
  const auto& gpt = group_of(comparison, "gpt");
  CHECK(gpt.done == 4);
  CHECK(gpt.mean.validation_loss == Approx(1.6));
  CHECK(gpt.mean.bits_per_character == Approx(2.4));
  CHECK(gpt.deviation.at("validation_loss") == Approx(std::sqrt(0.02)));  // within budgets: 2.0, 2.2 and 1.0, 1.2
  CHECK(group_of(comparison, "lstm").deviation.at("validation_loss") == Approx(0).margin(1e-12));
  CHECK(comparison.best(gpt, "validation_loss"));
  CHECK_FALSE(comparison.best(group_of(comparison, "lstm"), "validation_loss"));
  REQUIRE(gpt.difference);
  CHECK(gpt.difference->value == Approx(-0.4));
  // Pooled variance 0.04 / 4, four means of two seeds, averaged over two budgets; Student's quantile at 4 is 2.776445.
  CHECK(*gpt.difference->high == Approx(-0.4 + 2.776445 * std::sqrt(0.01 * 4 * 0.5 / 4)).epsilon(1e-6));
  CHECK(gpt.difference->over_seeds);
  CHECK_FALSE(group_of(comparison, "lstm").difference);
  CHECK_THAT(comparison.table(),
             Catch::Contains("model  runs  parameters  tokens  validation loss      sd") && Catch::Contains("*1.6000  0.1414") &&
                 Catch::Contains("-0.4000  -0.5963 to -0.2037\n") && Catch::Contains("sd: the standard deviation over seeds") &&
                 Catch::Contains("validation loss less that of lstm; 95 % over seeds and validation documents"));
  CHECK_THAT(comparison.markdown(), Catch::Contains("| **1.6000** |") && Catch::Contains("**Bold**: the best mean"));
}

TEST_CASE("More seeds at one budget weigh no more than few at another") {
  auto runs = whole_study;
  runs.push_back(made("gpt", "1M", 3, 2.1));
  const GroupedComparison comparison(compared(runs), {.by = {"model"}});
  CHECK(group_of(comparison, "gpt").mean.validation_loss == Approx((2.1 + 1.1) / 2));
}

TEST_CASE("Runs group by several axes, by keys of the experiment, and by all but their seeds") {
  const auto runs = compared(whole_study);
  const auto names = [&](const std::vector<std::string>& by) {
    std::vector<std::string> result;
    const GroupedComparison comparison(runs, {.by = by});
    for (const auto& group : comparison.groups()) result.push_back(group.name);
    return result;
  };
  CHECK(names({"model", "budget"}) == std::vector<std::string>{"gpt_1M", "gpt_2M", "lstm_1M", "lstm_2M"});
  CHECK(names({"configuration"}) == names({"model", "budget"}));
  CHECK(names({"architecture.plugin"}) == std::vector<std::string>{"gpt", "lstm"});
  CHECK(names({"training.learning_rate"}) == std::vector<std::string>{"0.001", "0.002"});
  CHECK(names({"study"}) == std::vector<std::string>{"sizes"});
  CHECK(names({"label"}).size() == runs.size());
  CHECK_THROWS_WITH(names({"modle"}),
                    Catch::Contains("no run has an axis or a key modle") && Catch::Contains("did you mean model?"));
  CHECK_THROWS_WITH(GroupedComparison(runs, {.by = {"model"}, .baseline = "gtp"}),
                    Catch::Contains("there is no group gtp") && Catch::Contains("did you mean gpt?"));
}

TEST_CASE("Two studies stand side by side, run by run of the same labels") {
  auto runs = whole_study;
  for (auto run : whole_study) {
    run.study = "wider";
    run.experiment += "heads = 2\n";
    run.loss -= 0.3;
    run.windows->loss.assign(40, run.loss);
    runs.push_back(run);
  }
  const GroupedComparison comparison(compared(runs), {.by = {"study"}, .baseline = "sizes"});
  const auto& wider = group_of(comparison, "wider");
  CHECK(wider.difference->value == Approx(-0.3));
  CHECK(wider.difference->over_seeds);
  CHECK(comparison.best(wider, "validation_loss"));
}

TEST_CASE("A part that some runs do not have groups them under a dash") {
  auto runs = whole_study;
  runs.resize(2);
  runs[1].experiment = "";
  CHECK(GroupedComparison(compared(runs), {.by = {"architecture.plugin"}}).groups()[1].name == "-");
}

TEST_CASE("Without a baseline the best group is it") {
  CHECK(GroupedComparison(compared(whole_study), {.by = {"configuration"}}).baseline() == "gpt_2M");
}

TEST_CASE("Groups are not ranked while one lacks what another has, and differences are over what both have") {
  auto runs = whole_study;
  runs[7].state = runs[6].state = "interrupted";  // lstm has no 2M
  const GroupedComparison comparison(compared(runs), {.by = {"model"}, .baseline = "lstm"});
  const auto& gpt = group_of(comparison, "gpt");
  CHECK(gpt.difference->value == Approx(2.1 - 2.5));
  CHECK_FALSE(comparison.best(gpt, "validation_loss"));
  CHECK_FALSE(comparison.best(group_of(comparison, "lstm"), "validation_loss"));
  CHECK_THAT(comparison.table(), Catch::Contains("2 of 4") && Catch::Contains("groups are not ranked") &&
                                     Catch::Contains("budget 2M") && !Catch::Contains("* the best"));
}

TEST_CASE("A group of sizes that the others do not have is not compared") {
  auto small = made("gpt-small", "1M", 1, 2.0), large = made("gpt-large-one", "1M", 1, 1.0), lstm = made("lstm", "1M", 1, 1.8);
  for (auto* run : {&small, &large, &lstm}) run->axes = {};
  const GroupedComparison comparison(compared({small, large, lstm}), {.by = {"architecture.plugin"}, .baseline = "lstm"});
  CHECK_FALSE(group_of(comparison, "gpt").difference);
  CHECK_FALSE(comparison.best(group_of(comparison, "gpt"), "validation_loss"));
  CHECK_THAT(comparison.table(), Catch::Contains("groups are not ranked") && Catch::Contains("architecture.width 13"));
}

TEST_CASE("Runs of one architecture each compare, whatever options these have") {
  auto gpt = made("gpt", "1M", 1, 2.0), lstm = made("lstm-wide", "1M", 1, 1.8);
  gpt.axes = lstm.axes = {};
  const GroupedComparison comparison(compared({gpt, lstm}), {.by = {"architecture.plugin"}});
  CHECK(comparison.best(group_of(comparison, "lstm"), "validation_loss"));
  CHECK(group_of(comparison, "gpt").difference->value == Approx(0.2));
}

TEST_CASE("Runs that --set told apart are matched by what it set, not taken for seeds") {
  auto runs = whole_study;
  for (auto run : whole_study) {
    run.loss -= 0.5;
    run.windows->loss.assign(40, run.loss);
    run.experiment = "steps = 80\n" + run.experiment;
    runs.push_back(run);
  }
  const GroupedComparison comparison(compared(runs), {.by = {"model"}, .baseline = "lstm"});
  const auto& gpt = group_of(comparison, "gpt");
  CHECK(gpt.mean.validation_loss == Approx(1.35));
  CHECK(gpt.deviation.at("validation_loss") == Approx(std::sqrt(0.02)));
  CHECK(gpt.difference->value == Approx(-0.4));
  const GroupedComparison all(compared(runs), {.by = {"configuration"}});
  CHECK(all.groups().size() == 8);
  CHECK(group_of(all, "gpt_1M, training.steps 80").mean.validation_loss == Approx(1.6));
}

TEST_CASE("A chosen axis tells no runs apart: each has the point that was chosen for it") {
  auto gpt = made("gpt", "1M", 1, 2.0), lstm = made("lstm", "1M", 1, 2.5);
  gpt.axes.emplace_back("rate", "3e-3");
  lstm.axes.emplace_back("rate", "1e-2");
  const auto runs = compared({gpt, lstm});
  CHECK_FALSE(GroupedComparison(runs, {.by = {"model"}, .baseline = "lstm"}).groups()[0].difference);
  const GroupedComparison comparison(runs, {.by = {"model"}, .baseline = "lstm", .chosen = {"rate"}});
  CHECK(comparison.groups()[0].difference->value == Approx(-0.5));
}

TEST_CASE("Losses of other tokens are not compared: bits per character stand in for them where the texts are the same") {
  auto runs = whole_study;
  for (std::size_t i = 4; i < runs.size(); ++i) {
    runs[i].corpus = "bpe";
    runs[i].loss *= 3;
  }
  const auto all = compared(runs);
  const GroupedComparison comparison(all, {.by = {"model"}, .baseline = "lstm"});
  CHECK(comparison.measure() == Measure::bits_per_character);
  CHECK(group_of(comparison, "gpt").difference->value == Approx(1.5 * (1.6 - 2.0)));
  CHECK_FALSE(comparison.best(group_of(comparison, "gpt"), "validation_loss"));
  CHECK(comparison.best(group_of(comparison, "gpt"), "bits_per_character"));
  CHECK_THAT(comparison.table(), Catch::Contains("losses a token and perplexities are not ranked") &&
                                     Catch::Contains("difference: bits per character less that of lstm"));
  CHECK_THROWS_WITH(GroupedComparison(all, {.by = {"model"}, .measure = Measure::validation_loss}),
                    Catch::Contains("losses a token do not compare") && Catch::Contains("--measure bits_per_character"));
  // One group with runs of both has no mean loss at all.
  const GroupedComparison by_budget(all, {.by = {"budget"}});
  CHECK_FALSE(by_budget.groups()[0].mean.validation_loss);

  for (std::size_t i = 4; i < runs.size(); ++i) runs[i].validation_characters = 4000;
  const GroupedComparison neither(compared(runs), {.by = {"model"}});
  CHECK_FALSE(neither.measure());
  CHECK_FALSE(neither.groups()[1].difference);
  CHECK_THAT(neither.table(), Catch::Contains("no differences: neither tokens nor texts"));
}

TEST_CASE("Groups without a run that is done have no values") {
  auto runs = whole_study;
  for (auto& run : runs) run.state = "failed";
  const GroupedComparison comparison(compared(runs), {.by = {"model"}});
  CHECK(comparison.groups()[0].done == 0);
  CHECK_FALSE(comparison.groups()[0].mean.validation_loss);
  CHECK_THAT(comparison.table(), Catch::Contains("0 of 4"));
}

TEST_CASE("Groups sort by a column, and CSV and JSON carry the raw numbers") {
  GroupedComparison comparison(compared(whole_study), {.by = {"model", "budget"}, .baseline = "gpt_1M"});
  comparison.sort("-validation_loss");
  CHECK(comparison.groups()[0].name == "lstm_1M");
  const auto json = nlohmann::json::parse(comparison.json());
  CHECK(json["by"] == nlohmann::json{"model", "budget"});
  CHECK(json["measure"] == "validation_loss");
  CHECK(json["baseline"] == "gpt_1M");
  CHECK(json["groups"][0]["values"]["budget"] == "1M");
  CHECK(json["groups"][0]["validation_loss"]["mean"] == 2.5);
  CHECK(json["groups"][0]["difference"]["value"].get<double>() == Approx(0.4));
  CHECK(json["groups"][0]["difference"]["paired"] == true);
  CHECK(json["groups"][3]["best"][0] == "validation_loss");
  CHECK(json["groups"][1]["difference"].is_null());  // the baseline itself
  const auto csv = comparison.csv();
  CHECK_THAT(csv, Catch::StartsWith("model,budget,runs,done,parameters,parameters_sd,tokens,tokens_sd,validation_loss,"));
  CHECK_THAT(csv, Catch::Contains("\nlstm,1M,2,2,1234567,0,3e+06,0,2.5,0,"));
  for (std::size_t begin = 0; begin < csv.size();) {
    const auto end = csv.find('\n', begin);
    CHECK(std::count(csv.begin() + static_cast<std::ptrdiff_t>(begin), csv.begin() + static_cast<std::ptrdiff_t>(end), ',') ==
          std::count(csv.begin(), csv.begin() + static_cast<std::ptrdiff_t>(csv.find('\n')), ','));
    begin = end + 1;
  }
}

TEST_CASE("Metrics of a group are means, and the best one is better than all others beyond doubt") {
  const auto judged = [](MadeRun run, std::int64_t successes) {
    RunData data = data_of(run);
    data.metrics["abc_validity"].scalars["abc_validity"] = share_of(successes, 500);
    return compared_run("runs/" + run.label, data);
  };
  const GroupedComparison comparison(
      {judged(whole_study[0], 340), judged(whole_study[1], 360), judged(whole_study[4], 200), judged(whole_study[5], 220)},
      {.by = {"model"}});
  CHECK(comparison.groups()[0].mean.headlines.at("abc_validity").scalar.value == Approx(0.7));
  CHECK(comparison.best(comparison.groups()[0], "abc_validity"));
  CHECK_THAT(comparison.table(), Catch::Contains("gpt         *70.0 %") && Catch::Contains("group  abc_validity"));
}

TEST_CASE("compare leaves out what a study only tried, names a damaged run, and refuses what does not go together") {
  testing::TemporaryDirectory temporary;
  const auto study = temporary.path() / "sizes";
  StudyRecord record;
  record.study = "sizes";
  for (const auto& run : {whole_study[0], whole_study[4]}) {
    write_run(study / run.label, run);
    record.planned.push_back({run.label, run.label});
  }
  write_run(study / "tried", made("gpt", "1M", 9, 9.0));
  record.planned.push_back({"tried", "tried", false});
  record.choices.push_back({.axis = "rate", .label = "3e-3", .combination = "", .by = "validation_loss"});
  write_study_record(study, record);
  fs::create_directories(study / "broken");
  std::ofstream(study / "broken" / "journal.jsonl") << "nonsense\n";

  const auto json = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--by", "model", "--json"});
    return nlohmann::json::parse(output_of(compare_command, arguments));
  };
  CHECK(json({study.string()})["groups"][0]["runs"].size() == 1);
  CHECK(json({study.string(), "--all"})["groups"][0]["runs"].size() == 2);
  CHECK(json({study.string(), (study / "tried").string()})["groups"][0]["runs"].size() == 2);
  CHECK(json({study.string(), study.string() + "/./", (study / whole_study[0].label).string()})["groups"][0]["runs"].size() == 1);
  CHECK_THAT(output_of(compare_command, {study.string()}), !Catch::Contains("9.0000"));
  CHECK_THAT(output_of(compare_command, {study.string(), "--all"}), Catch::Contains("9.0000"));
  CHECK(json({study.string(), "--baseline", "lstm"})["baseline"] == "lstm");
  CHECK_THROWS_WITH(output_of(compare_command, {study.string(), "--by", ","}), Catch::Contains("--by names nothing"));
  CHECK_THROWS_WITH(output_of(compare_command, {study.string(), "--measure", "perplexity"}),
                    Catch::Contains("unknown measure perplexity"));
  std::ofstream(study / "study.h5") << "damaged";
  CHECK(json({study.string()})["groups"][0]["runs"].size() == 2);
}

}  // namespace etude
