#include <base/files.hpp>
#include <catch.hpp>
#include <cli/command.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <study/comparison.hpp>
#include <temporary_directory.hpp>
#include <unit/made_runs.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using testing::data_of;
using testing::MadeRun;
using testing::output_of;
using testing::write_run;

Comparison comparison_of(const std::vector<MadeRun>& made) {
  std::vector<ComparedRun> runs;
  for (const auto& one : made) runs.push_back(compared_run("runs/" + one.study + "/" + one.label + "-0123abcd", data_of(one)));
  return Comparison(runs);
}

/// How far the snapshot is, without the journal.
std::size_t h5_train_rows(const fs::path& run) {
  testing::TemporaryDirectory temporary;
  fs::copy_file(run / "run.h5", temporary.path() / "run.h5");
  return read_run(temporary.path()).train.size();
}

}  // namespace

TEST_CASE("Runs stand side by side in readable units, the best of each kind marked") {
  const auto comparison = comparison_of({{"gpt", 1.0, 1.5, 2.7}, {"lstm", 1.1, 1.4, 3.0}});
  CHECK(comparison.table() ==
        "run   parameters  tokens  validation loss           95 %  bits/char  test perpl.  tokens/s  peak mem.      time  state\n"
        "----  ----------  ------  ---------------  -------------  ---------  -----------  --------  ---------  --------  -----\n"
        "gpt       1.23 M  3.00 M          *1.0000  0.9900-1.0200     1.5000       *2.700    45.1 k    812 MiB  2 m 13 s  done\n"
        "lstm      1.23 M  3.00 M           1.1000  1.0900-1.1200    *1.4000        3.000    45.1 k    812 MiB  2 m 13 s  done\n"
        "* the best of the runs that are done\n");
  CHECK_THAT(comparison.markdown(), Catch::Contains("| **1.0000** |") && Catch::Contains("**Bold**: the best"));
}

TEST_CASE("CSV and JSON carry the raw numbers") {
  auto made = MadeRun{"gpt, \"small\"", 1.0 / 3};
  const auto comparison = comparison_of({made, {"lstm", 1.0, 1.4, 2.6}});
  const auto csv = comparison.csv();
  CHECK_THAT(csv, Catch::StartsWith("study,label,run,state,parameters,tokens,validation_loss,validation_loss_low,"));
  CHECK_THAT(csv,
             Catch::Contains("\nsizes,\"gpt, \"\"small\"\"\",") && Catch::Contains(",done,1234567,3e+06,0.3333333333333333,"));
  const auto json = nlohmann::json::parse(comparison.json());
  CHECK(json[0]["validation_loss"] == 1.0 / 3);
  CHECK(json[0]["peak_memory"] == 851'443'712);
  CHECK(json[0]["wall_seconds"] == 133);
  CHECK(json[0]["best"] == nlohmann::json{"validation_loss"});
  CHECK(json[1]["label"] == "lstm");
}

TEST_CASE("Losses a token win only among runs on the same tokens, bits per character on the same text") {
  const auto tokenizers = comparison_of({{"char", 1.0, 1.5, 2.7, "char"}, {"bpe", 3.0, 1.4, 20.0, "bpe"}});
  CHECK_FALSE(tokenizers.best(tokenizers.runs()[0], "validation_loss"));
  CHECK_FALSE(tokenizers.best(tokenizers.runs()[0], "test_perplexity"));
  CHECK(tokenizers.best(tokenizers.runs()[1], "bits_per_character"));
  CHECK_THAT(tokenizers.table(), Catch::Contains("losses a token and perplexities are not ranked"));

  auto other = MadeRun{"other", 0.5, 0.7, 1.6, "other"};
  other.validation_characters = 4000;
  const auto texts = comparison_of({{"char"}, other});
  CHECK_FALSE(texts.best(texts.runs()[1], "bits_per_character"));
  CHECK_THAT(texts.table(), Catch::Contains("bits per character are not ranked"));
}

TEST_CASE("The digest of the validation text says whether bits per character compare, its size only where a digest is missing") {
  const auto recorded = [](const MadeRun& made, const std::string& digest) {
    RunData data = data_of(made);
    if (!digest.empty()) data.header.provenance.emplace_back("validation_text", digest);
    return compared_run("runs/sizes/" + made.label, data);
  };
  const MadeRun one{"one", 1.0, 1.5}, two{"two", 1.0, 1.4};
  auto of_other_size = two;
  of_other_size.validation_characters = 4000;
  const auto second_wins = [](const ComparedRun& first, const ComparedRun& second) {
    const Comparison comparison({first, second});
    return comparison.best(comparison.runs()[1], "bits_per_character");
  };
  CHECK(second_wins(recorded(one, "aa"), recorded(of_other_size, "aa")));
  CHECK_FALSE(second_wins(recorded(one, "aa"), recorded(two, "bb")));
  CHECK(second_wins(recorded(one, "aa"), recorded(two, "")));
  CHECK_FALSE(second_wins(recorded(one, "aa"), recorded(of_other_size, "")));
}

TEST_CASE("Corpora that differ, or have something to know, stand in a second table with a line for each") {
  const auto on_corpus = [](const MadeRun& made, const std::map<std::string, double>& facts, const std::string& transpositions) {
    RunData data = data_of(made);
    data.header.corpus.insert(facts.begin(), facts.end());
    data.header.provenance.emplace_back("transpositions", transpositions);
    return compared_run("runs/sizes/" + made.label, data);
  };
  const std::map<std::string, double> plain{{"train_tokens", 1e6},
                                            {"train_unique_tokens", 1e6},
                                            {"validation_tokens_per_character", 1.00123},
                                            {"validation_leakage_share", 0},
                                            {"test_leakage_share", 0}};
  const std::map<std::string, double> moved{{"train_tokens", 3e6},
                                            {"train_unique_tokens", 1e6},
                                            {"validation_tokens_per_character", 0.4567},
                                            {"validation_leakage_share", 0.125},
                                            {"test_leakage_share", 0.0312}};
  const auto gpt = on_corpus({"gpt"}, plain, "none"), lstm = on_corpus({"lstm"}, plain, "none");
  CHECK_THAT(Comparison({gpt, lstm}).table(), !Catch::Contains("corpus of"));
  const Comparison both({gpt, lstm, on_corpus({"bpe", 2, 1, 5, "other"}, moved, "-1 1")});
  CHECK_THAT(
      both.table(),
      Catch::Contains(
          "corpus of       unique tokens  with variants  transpositions  tokens/char  unknown  leakage val.  leakage test\n"
          "--------------  -------------  -------------  --------------  -----------  -------  ------------  ------------\n"
          "gpt and 1 more         1.00 M         1.00 M  none                  1.001      0 %           0 %           0 %\n"
          "bpe                    1.00 M         3.00 M  -1 1                  0.457      0 %          12 %         3.1 %\n"
          "leakage: "));
  CHECK_THAT(both.markdown(), Catch::Contains("| bpe |") && Catch::Contains("| 12 % |"));
  CHECK_THAT(Comparison({on_corpus({"alone"}, moved, "-1 1")}).table(), Catch::Contains("corpus of"));

  const auto json = nlohmann::json::parse(both.json());
  CHECK(json[2]["unique_training_tokens"] == 1e6);
  CHECK(json[2]["training_tokens"] == 3e6);
  CHECK(json[2]["tokens_per_character"] == 0.4567);
  CHECK(json[2]["unknown_share"] == 0);
  CHECK(json[2]["validation_leakage"] == 0.125);
  CHECK(json[2]["test_leakage"] == 0.0312);
  CHECK(json[2]["transpositions"] == "-1 1");
  CHECK(json[2]["corpus"] == "other");
  CHECK_THAT(both.csv(), Catch::Contains(",unique_training_tokens,tokens_per_character,unknown_share,validation_leakage,") &&
                             Catch::Contains(",3e+06,1e+06,0.4567,0,0.125,0.0312,-1 1,other,false,"));
}

TEST_CASE("Tokens a character of a run recorded before they were come from its counts") {
  auto data = data_of({"old"});
  data.header.corpus["validation_tokens"] = 6000;
  CHECK(compared_run("old", data).tokens_per_character == 1.2);
  CHECK_FALSE(compared_run("old", data).unique_training_tokens);
}

TEST_CASE("A lossy value and a run that is not done never win") {
  auto lossy = MadeRun{"lossy", 1.0, 0.5};
  lossy.unknown_share = 1e-6;
  auto going = MadeRun{"going", 0.1, 0.1, 1.1};
  going.state = "interrupted";
  const auto comparison = comparison_of({lossy, going, {"one", 1.2, 1.6}, {"two", 1.2, 1.7}});
  CHECK(comparison.best(comparison.runs()[2], "bits_per_character"));
  CHECK(comparison.best(comparison.runs()[0], "validation_loss"));
  for (const char* column : {"validation_loss", "bits_per_character", "test_perplexity"})
    CHECK_FALSE(comparison.best(comparison.runs()[1], column));
  CHECK_THAT(comparison.table(), Catch::Contains("~0.5000") && Catch::Contains("\n~ lossy: "));
}

namespace {

/// Of `successes` in 500 texts.
ComparedRun judged_run(const std::string& label, std::int64_t successes, const std::string& options = "tokens = 256") {
  RunData data = data_of({label});
  data.header.experiment_toml += "[[metric]]\nplugin = \"abc_validity\"\n" + options + "\n";
  data.metrics["abc_validity"].scalars["abc_validity"] = share_of(successes, 500);
  data.metrics["abc_validity"].scalars["strict_abc"] = share_of(1, 500);
  return compared_run("runs/sizes/" + label, data);
}

}  // namespace

TEST_CASE("What metrics found stands in a table of its own, and wins only where intervals do not overlap") {
  const Comparison clear({judged_run("gpt", 340), judged_run("lstm", 250), compared_run("none", data_of({"none"}))});
  CHECK_THAT(clear.table(), Catch::Contains("run   abc_validity       95 %\n"
                                            "----  ------------  ---------\n"
                                            "gpt        *68.0 %  63.8-71.9\n"
                                            "lstm        50.0 %  45.6-54.4\n"
                                            "none             -          -\n"
                                            "* the best of the runs that are done: its interval overlaps no other\n"));
  CHECK_THAT(clear.markdown(), Catch::Contains("| **68.0 %** |"));
  CHECK(clear.best(clear.runs()[0], "abc_validity"));
  CHECK_FALSE(clear.best(clear.runs()[1], "abc_validity"));
  CHECK_FALSE(clear.best(clear.runs()[2], "abc_validity"));
  const Comparison close({judged_run("gpt", 340), judged_run("lstm", 320)});
  CHECK_FALSE(close.best(close.runs()[0], "abc_validity"));
  const Comparison alone({judged_run("gpt", 340), compared_run("none", data_of({"none"}))});
  CHECK_FALSE(alone.best(alone.runs()[0], "abc_validity"));
  CHECK_THAT(comparison_of({{"gpt"}, {"lstm"}}).table(), !Catch::Contains("abc_validity"));
}

TEST_CASE("Values of a metric on other terms are shown, not ranked") {
  const Comparison comparison({judged_run("gpt", 340), judged_run("lstm", 50, "tokens = 512")});
  CHECK_FALSE(comparison.best(comparison.runs()[0], "abc_validity"));
  CHECK_THAT(comparison.table(), Catch::Contains("abc_validity is not ranked: its options, or the tokenizer, differ"));
}

TEST_CASE("CSV, JSON and sorting know the metrics") {
  Comparison comparison({judged_run("gpt", 340), judged_run("lstm", 250), compared_run("none", data_of({"none"}))});
  CHECK_THAT(comparison.csv(), Catch::Contains(",test_leakage,abc_validity,abc_validity_low,abc_validity_high,transpositions,") &&
                                   Catch::Contains(",0.68,0.637") && Catch::Contains("sizes,none,none,done"));
  const auto json = nlohmann::json::parse(comparison.json());
  CHECK(json[0]["metrics"]["abc_validity"]["value"] == 0.68);
  CHECK(json[0]["best"].back() == "abc_validity");
  CHECK(json[2]["metrics"].empty());
  comparison.sort("abc_validity");
  CHECK(comparison.runs()[0].label == "lstm");
  CHECK(comparison.runs()[2].label == "none");
  CHECK_THROWS_WITH(comparison.sort("abc_validit"), Catch::Contains("did you mean abc_validity?"));
}

TEST_CASE("Speed and time of a run beside others stand in brackets, and a note says why") {
  auto data = data_of({"beside"});
  data.header.provenance.emplace_back("jobs", "2");
  const Comparison comparison({compared_run("beside", data), compared_run("alone", data_of({"alone"}))});
  CHECK_THAT(comparison.table(), Catch::Contains("[45.1 k]") && Catch::Contains("[2 m 13 s]") && Catch::Contains("  45.1 k  ") &&
                                     Catch::Contains("\n[] measured while other runs went beside it"));
  CHECK_THAT(Comparison({compared_run("alone", data_of({"alone"}))}).table(), !Catch::Contains("[]"));
  const auto json = nlohmann::json::parse(comparison.json());
  CHECK(json[0]["ran_beside_others"] == true);
  CHECK(json[1]["ran_beside_others"] == false);
  CHECK_THAT(comparison.csv(),
             Catch::Contains(",ran_beside_others\n") && Catch::Contains(",true\n") && Catch::Contains(",false\n"));
}

TEST_CASE("A run alone has won nothing, and runs without values come last") {
  CHECK_THAT(comparison_of({{"alone"}}).table(), !Catch::Contains("*"));
  auto empty = data_of({"empty"});
  empty.validation.clear();
  empty.train.clear();
  empty.metrics.clear();
  Comparison comparison(
      {compared_run("a", empty), compared_run("b", data_of({"b", 2.0})), compared_run("c", data_of({"c", 1.0}))});
  comparison.sort("validation_loss");
  CHECK(comparison.runs()[0].label == "c");
  CHECK(comparison.runs()[2].label == "empty");
  comparison.sort("-validation_loss");
  CHECK(comparison.runs()[0].label == "b");
  CHECK(comparison.runs()[2].label == "empty");
  comparison.sort("label");
  CHECK(comparison.runs()[0].label == "b");
  CHECK_THAT(comparison.table(), Catch::Contains("empty"));
  CHECK_THROWS_WITH(comparison.sort("validation_los"),
                    Catch::Contains("unknown column validation_los") && Catch::Contains("did you mean validation_loss?"));
}

TEST_CASE("Names say which run is meant: label, else id, and the study where there are several") {
  Comparison comparison(
      {compared_run("runs/sizes/gpt-0123abcd", data_of({"gpt"})), compared_run("runs/sizes/gpt-4567cdef/", data_of({"gpt"}))});
  CHECK_THAT(comparison.table(), Catch::Contains("\ngpt-0123abcd ") && Catch::Contains("\ngpt-4567cdef "));
  auto other = MadeRun{"lstm"};
  other.study = "other";
  CHECK_THAT(comparison_of({{"gpt"}, other}).table(), Catch::Contains("\nsizes/gpt ") && Catch::Contains("\nother/lstm "));
}

TEST_CASE("compare takes runs and studies, refreshes killed runs, and leaves out damaged ones") {
  testing::TemporaryDirectory temporary;
  const auto study = temporary.path() / "runs" / "sizes";
  write_run(study / "gpt-1", {"gpt", 1.0});
  write_run(study / "lstm-1", {"lstm", 1.1});
  fs::create_directories(study / "damaged-1");
  std::ofstream(study / "damaged-1" / "journal.jsonl") << "nonsense\n";
  fs::create_directories(temporary.path() / "runs" / ".corpus" / "1234");

  for (const auto& path : {study, temporary.path() / "runs"}) {
    const auto table = output_of(compare_command, {path.string()});
    CHECK_THAT(table, Catch::Contains("\ngpt ") && Catch::Contains("\nlstm ") && !Catch::Contains("damaged"));
  }
  CHECK(h5_train_rows(study / "gpt-1") == 3);
  const auto json = nlohmann::json::parse(
      output_of(compare_command, {(study / "gpt-1").string(), study.string(), "--format", "json", "--sort=-validation_loss"}));
  REQUIRE(json.size() == 2);
  CHECK(json[0]["label"] == "lstm");
  CHECK_THROWS_WITH(output_of(compare_command, {(temporary.path() / "runs" / ".corpus").string()}),
                    Catch::Contains("there are no runs in"));
  CHECK_THROWS_WITH(output_of(compare_command, {"/none/such"}), Catch::Contains("/none/such is not a directory"));
  CHECK_THROWS_WITH(output_of(compare_command, {study.string(), "--format", "xml"}), Catch::Contains("unknown format xml"));
  CHECK_THROWS_WITH(output_of(compare_command, {study.string(), "--json", "--format", "csv"}), Catch::Contains("--json is"));
  CHECK(output_of(compare_command, {study.string(), "--json"}) == output_of(compare_command, {study.string(), "--format=json"}));
}

TEST_CASE("inspect lists what lies in a run's folder, also links to nothing and folders within") {
  testing::TemporaryDirectory temporary;
  write_run(temporary.path(), {"gpt", 1.0});
  fs::create_symlink("/none/such", temporary.path() / "link");
  fs::create_directories(temporary.path() / "checkpoints" / "step-3");
  std::ofstream(temporary.path() / "checkpoints" / "step-3" / "state.json") << "{}";
  fs::create_symlink("/none/such", temporary.path() / "checkpoints" / "link");
  const auto shown = output_of(inspect_command, {temporary.path().string()});
  const auto files = shown.substr(shown.find("files in "));
  CHECK_THAT(files, Catch::Matchers::Matches("(.|\n)*  checkpoints/ +2 B +1 file\n(.|\n)*  link +0 B\n(.|\n)*"));
}

TEST_CASE("Paths that are not UTF-8 do not keep runs from being compared") {
  const auto run = compared_run("runs/\xff/gpt-0123abcd", data_of({"gpt"}));
  CHECK(nlohmann::json::parse(Comparison({run}).json())[0]["directory"] == "runs/\uFFFD/gpt-0123abcd");
}

TEST_CASE("inspect shows what a run was, with the origin of every value") {
  testing::TemporaryDirectory temporary;
  write_run(temporary.path(), {"gpt", 1.0});
  const auto shown = output_of(inspect_command, {temporary.path().string()});
  CHECK_THAT(shown, Catch::StartsWith("gpt of study sizes: done\n"));
  CHECK_THAT(shown, Catch::Contains("training.tokens  2000000  --set") && !Catch::Contains("training.batch_size"));
  CHECK_THAT(shown, Catch::Contains("parameters  1.23 M"));
  CHECK_THAT(shown, Catch::Contains("1.0000 (95 %: 0.9900 to 1.0200) after step 3"));
  CHECK_THAT(shown, Catch::Contains("perplexity.perplexity  2.7000") && Catch::Contains("run.h5"));
  CHECK_THAT(output_of(inspect_command, {temporary.path().string(), "--config"}), Catch::Contains("training.batch_size  8"));

  const auto json = nlohmann::json::parse(output_of(inspect_command, {temporary.path().string(), "--json"}));
  CHECK(json["config"]["origins"]["training.tokens"] == "--set");
  CHECK(json["validation"]["low"] == 0.99);
  CHECK(json["metrics"]["perplexity"]["perplexity"]["value"] == 2.7);
  CHECK_THROWS_WITH(output_of(inspect_command, {"/none/such"}), Catch::Contains("there is no run in /none/such"));
  CHECK_THROWS_WITH(output_of(inspect_command, {temporary.path().string(), "--samples", "--config"}),
                    Catch::Contains("--samples shows the texts alone"));
}

}  // namespace etude
