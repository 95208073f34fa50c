#include <catch.hpp>

#include "experiment_fixture.hpp"

using namespace etude;
using etude::testing::error_of;
using etude::testing::ExperimentFolder;
using etude::testing::small_experiment;
using etude::testing::test_catalogue;

namespace {

const std::string axes = R"(
[study]
axes.rate = [ { label = "low", training.learning_rate = 1e-3 }, { label = "high", training.learning_rate = 1e-2 } ]
axes.tokenizer = [ { label = "few", tokenizer.vocab_size = 32 }, { label = "many", tokenizer.vocab_size = 64 } ]
axes.seed = [ { training.seed = 1 }, { training.seed = 2 } ]
)";

Study resolve(const std::string& more) {
  const ExperimentFolder folder;
  return resolve_study(read_experiment(folder.write("mine.toml", small_experiment + axes + more), {}), test_catalogue());
}

std::string problem(const std::string& more) {
  return error_of([&] { resolve(more); }).what();
}

}  // namespace

TEST_CASE("A study says which axes are selected, by which loss, where, and how it ends") {
  const Study study = resolve(
      "select.rate = { by = \"bits_per_character\", at = { seed = \"seed-2\", tokenizer = \"few\" } }\nfinish = [\"fit\", "
      "\"report\"]\n");
  REQUIRE(study.selections.size() == 1);
  REQUIRE(study.selections[0].axis == "rate");
  REQUIRE(study.selections[0].by == "bits_per_character");
  REQUIRE(study.selections[0].at == std::vector<std::pair<std::string, std::string>>{{"seed", "seed-2"}, {"tokenizer", "few"}});
  REQUIRE(study.finish == std::vector<std::string>{"fit", "report"});
  REQUIRE(resolve("select.rate = \"validation_loss\"\n").selections[0].at.empty());
  REQUIRE(resolve("select.rate = {}\n").selections[0].by == "validation_loss");
}

TEST_CASE("A selection that names what is not there is an error with the nearest name") {
  REQUIRE_THAT(problem("select.rates = \"validation_loss\""),
               Catch::Contains("mine.toml:16:8: study.select.rates: the study has no axis rates") &&
                   Catch::Contains("did you mean rate?"));
  REQUIRE_THAT(problem("select.rate = \"validation_los\""),
               Catch::Contains("study.select.rate cannot choose by \"validation_los\"") &&
                   Catch::Contains("did you mean validation_loss?"));
  REQUIRE_THAT(problem("select.rate = { by = \"perplexity\" }"), Catch::Contains("for the end, not for choosing"));
  REQUIRE_THAT(problem("select.rate = 3"), Catch::Contains("cannot choose by 3"));
  REQUIRE_THAT(problem("select.rate = { form = \"x\" }"), Catch::Contains("unknown key study.select.rate.form"));
  REQUIRE_THAT(problem("select.rate = { at = { sed = \"seed-1\" } }"), Catch::Contains("did you mean seed?"));
  REQUIRE_THAT(problem("select.rate = { at = { seed = \"seed-7\" } }"),
               Catch::Contains("\"seed-7\" is no label of the axis seed") && Catch::Contains("did you mean seed-"));
  REQUIRE_THAT(problem("select.rate = { at = { seed = 1 } }"),
               Catch::Contains("1 is no label") && Catch::Contains("seed-1, seed-2"));
  REQUIRE_THAT(problem("select.rate = { at = \"seed-1\" }"), Catch::Contains("must name axes and their labels"));
  REQUIRE_THAT(problem("select = \"rate\""), Catch::Contains("study.select must be a table of axes"));
  REQUIRE_THAT(problem("selct.rate = \"validation_loss\""),
               Catch::Contains("unknown key study.selct") && Catch::Contains("select?"));
}

TEST_CASE("A selection that would choose luck, or wait for itself, is an error") {
  REQUIRE_THAT(problem("select.seed = \"validation_loss\""), Catch::Contains("would choose the luckiest seed"));
  REQUIRE_THAT(problem("select.rate = { at = { rate = \"low\" } }"), Catch::Contains("the axis rate is selected itself"));
  REQUIRE_THAT(problem("select.rate = { at = { tokenizer = \"few\" } }\nselect.tokenizer = \"bits_per_character\""),
               Catch::Contains("the axis tokenizer is selected itself"));
}

TEST_CASE("Points that measure other tokens can be chosen by bits per character alone, and other documents not at all") {
  REQUIRE_THAT(problem("select.tokenizer = \"validation_loss\""),
               Catch::Contains("compares losses of different tokens") && Catch::Contains("by = \"bits_per_character\""));
  REQUIRE(resolve("select.tokenizer = \"bits_per_character\"").selections.size() == 1);
  const std::string split = "axes.split = [ { split.seed = 1 }, { split.seed = 2 } ]\n";
  REQUIRE_THAT(problem(split + "select.split = \"bits_per_character\""), Catch::Contains("losses of different documents"));
  REQUIRE(resolve(split + "select.rate = \"validation_loss\"").selections.size() == 1);
}

TEST_CASE("A study ends with what is known, each once") {
  REQUIRE_THAT(problem("finish = \"report\""), Catch::Contains("study.finish must be a list"));
  REQUIRE_THAT(problem("finish = [\"print\"]"),
               Catch::Contains("study.finish cannot do \"print\"") && Catch::Contains("fit, report"));
  REQUIRE_THAT(problem("finish = [\"fit\", \"fit\"]"), Catch::Contains("says fit twice"));
}
