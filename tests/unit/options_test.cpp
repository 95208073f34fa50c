#include <etude/options.hpp>
#include <limits>

#include "catch.hpp"

using namespace etude;

namespace {

struct Schedule {
  std::string kind = "constant";
  std::int64_t warmup = 10;

  static auto fields() {
    return etude::fields(field(&Schedule::kind, "kind", "Shape", one_of({"constant", "cosine"})),
                         field(&Schedule::warmup, "warmup", "Steps", at_least(0)));
  }
};

struct Model {
  std::int64_t n_layer = 4;
  double dropout = 0.1;
  bool bias = false;
  std::filesystem::path weights = "none";
  std::vector<std::int64_t> sizes = {1, 2};
  Schedule schedule{"cosine", 20};
  std::string name;

  static auto fields() {
    return etude::fields(
        field(&Model::n_layer, "n_layer", "Blocks", between(1, 96)),
        field(&Model::dropout, "dropout", "Share of activations set to zero", from_below(0, 1)),
        field(&Model::bias, "bias", "Biases in linear layers"), field(&Model::weights, "weights", "Where they are"),
        field(&Model::sizes, "sizes", "Widths", at_least(1)), field(&Model::schedule, "schedule", "How the rate changes"),
        field(&Model::name, "name", "What to call it", required, no_effect_on_result));
  }
};

Origin at(int line) { return {"mine.toml", line, 3}; }

Entry entry(const std::string& key, Value value, int line) {
  value.set_origin(at(line));
  return {key, std::move(value), at(line)};
}

std::vector<Problem> problems_of(const Table& values) { return Model::fields().check(values, "architecture", "gpt"); }

std::string message_of(const Table& values) {
  try {
    throw_problems(problems_of(values));
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::usage);
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("Options that are not given keep their defaults, those of nested tables too") {
  std::vector<Problem> problems;
  const Table values{{"name", "tiny"}, {"schedule", Table{{"warmup", 5}}}};
  const auto model = parse_options<Model>(values, "architecture", "gpt", problems);
  CHECK(problems.empty());
  CHECK(model.n_layer == 4);
  CHECK(model.schedule.kind == "cosine");
  CHECK(model.schedule.warmup == 5);
  CHECK(model.name == "tiny");
}

TEST_CASE("Every type is read, and an integer serves where a number is wanted") {
  std::vector<Problem> problems;
  const Table values{{"name", "all"}, {"n_layer", 6},      {"dropout", 0},
                     {"bias", true},  {"weights", "/a/b"}, {"sizes", Array{3, 4, 5}}};
  const auto model = parse_options<Model>(values, "architecture", "gpt", problems);
  REQUIRE(problems.empty());
  CHECK(model.n_layer == 6);
  CHECK(model.dropout == 0.0);
  CHECK(model.bias);
  CHECK(model.weights == "/a/b");
  CHECK(model.sizes == std::vector<std::int64_t>{3, 4, 5});
}

TEST_CASE("An unknown option names its place, its full key, the nearest name and the others") {
  CHECK(message_of({{"name", "a"}, entry("n_layers", 4, 14)}) ==
        "mine.toml:14:3: unknown option architecture.n_layers of gpt\n"
        "       did you mean n_layer? (gpt also has dropout, bias, weights, sizes, schedule, name; see: etude describe gpt)");
  CHECK_THAT(message_of({{"name", "a"}, entry("temperature", 4, 2)}), Catch::Contains("gpt has n_layer, dropout, bias"));
  CHECK_THAT(message_of({{"name", "a"}, {"schedule", Table{entry("kin", "x", 9)}}}),
             Catch::StartsWith("mine.toml:9:3: unknown option architecture.schedule.kin of gpt\n       did you mean kind?"));
}

TEST_CASE("A value of the wrong type is told what was expected and what was given") {
  CHECK_THAT(message_of({{"name", "a"}, entry("n_layer", "four", 3)}),
             Catch::StartsWith("mine.toml:3:3: architecture.n_layer of gpt must be an integer, not the string \"four\""));
  CHECK_THAT(message_of({{"name", "a"}, entry("n_layer", 4.0, 3)}), Catch::Contains("write 4"));
  CHECK_THAT(message_of({{"name", "a"}, entry("n_layer", 4.5, 3)}), Catch::Contains("it must be between 1 and 96"));
  CHECK_THAT(message_of({{"name", "a"}, entry("bias", 1, 3)}), Catch::Contains("must be a boolean, not the integer 1"));
  CHECK_THAT(message_of({{"name", "a"}, entry("n_layer", "4", 3)}), Catch::Contains("write it without quotation marks"));
  CHECK_THAT(message_of({{"name", "a"}, entry("n_layer", "four", 3)}), Catch::EndsWith("it must be between 1 and 96"));
  CHECK_THAT(message_of({{"name", "a"}, entry("sizes", Array{1, "b"}, 3)}),
             Catch::Contains("must be an array of integers, not the array"));
  CHECK_THAT(message_of({{"name", "a"}, entry("schedule", 3, 3)}), Catch::Contains("must be a table"));
}

TEST_CASE("A value out of its range is told the range") {
  CHECK(message_of({{"name", "a"}, entry("n_layer", 0, 3)}) ==
        "mine.toml:3:3: architecture.n_layer of gpt is 0, and must be between 1 and 96");
  CHECK_THAT(message_of({{"name", "a"}, entry("dropout", 1.0, 3)}), Catch::Contains("at least 0 and below 1"));
  CHECK_THAT(message_of({{"name", "a"}, entry("sizes", Array{1, 0}, 3)}), Catch::Contains("must be at least 1"));
  CHECK_THAT(message_of({{"name", "a"}, {"schedule", Table{entry("kind", "cosin", 3)}}}),
             Catch::Contains("did you mean cosine?"));
  const double bad = GENERATE(std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity());
  CHECK_FALSE(at_least(0).holds(bad));
  CHECK_FALSE(above(0).holds(0.0));
  CHECK(between(1, 2).holds(2));
}

TEST_CASE("A required option that is missing is asked for") {
  const auto problems = problems_of({});
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].message == "architecture.name of gpt is missing");
  CHECK(problems[0].origin.source.empty());
  CHECK(problems[0].remedy == "give it, a string: What to call it");
}

TEST_CASE("Several problems are one error, each once, in the order of the file") {
  const Table values{entry("n_layer", 0, 2), entry("dropout", 2, 3), entry("biass", true, 4), {"name", "a"}};
  auto problems = problems_of(values);
  problems.push_back(problems.front());
  try {
    throw_problems(problems);
    FAIL("nothing was thrown");
  } catch (const Error& error) {
    CHECK(std::string(error.what()) ==
          "mine.toml:2:3: architecture.n_layer of gpt is 0, and must be between 1 and 96\n"
          "       mine.toml:3:3: architecture.dropout of gpt is 2, and must be at least 0 and below 1\n"
          "       mine.toml:4:3: unknown option architecture.biass of gpt\n"
          "         did you mean bias? (gpt also has n_layer, dropout, weights, sizes, schedule, name; see: etude describe gpt)");
  }
}

TEST_CASE("A bad value leaves the default in place") {
  std::vector<Problem> problems;
  const auto model = parse_options<Model>({{"name", "a"}, {"n_layer", 0}, {"dropout", "much"}}, "architecture", "gpt", problems);
  CHECK(problems.size() == 2);
  CHECK(model.n_layer == 4);
  CHECK(model.dropout == 0.1);
}

TEST_CASE("Resolved options are complete, typed, in declared order, and remember where they came from") {
  const Table values{{"name", "a"}, entry("dropout", 0, 7), {"schedule", Table{entry("kind", "constant", 8)}}};
  const Table resolved = Model::fields().resolve(values);
  std::string keys;
  for (const auto& each : resolved) keys += each.key + ' ';
  CHECK(keys == "n_layer dropout bias weights sizes schedule name ");
  CHECK(*resolved.find("dropout") == Value(0.0));
  CHECK(resolved.find("dropout")->origin().text() == "mine.toml:7:3");
  CHECK(resolved.find("n_layer")->origin().text() == "default");
  CHECK(*resolved.find("schedule") == Value(Table{{"kind", "constant"}, {"warmup", 20}}));
}

TEST_CASE("What a struct says of itself reads back as the same struct") {
  Model model;
  model.name = "b";
  model.schedule.warmup = 3;
  model.sizes = {7};
  std::vector<Problem> problems;
  const auto again = parse_options<Model>(to_table(model), "architecture", "gpt", problems);
  CHECK(problems.empty());
  CHECK(to_table(again) == to_table(model));
  CHECK_FALSE(Model::fields().find("name")->affects_result);
  CHECK(Model::fields().find("bias")->affects_result);
}

TEST_CASE("A part without options refuses any") {
  const auto problems = NoOptions::fields().check({entry("size", 1, 1)}, "tokenizer", "byte");
  REQUIRE(problems.size() == 1);
  CHECK(problems[0].remedy == "byte has no options");
}
