#include <catch.hpp>

#include "experiment_fixture.hpp"

using namespace etude;
using etude::testing::error_of;
using etude::testing::ExperimentFolder;
using etude::testing::small_experiment;
using etude::testing::test_catalogue;

namespace {

Study resolve(const std::filesystem::path& file, const std::vector<std::string>& overrides = {}) {
  return resolve_study(read_experiment(file, overrides), test_catalogue());
}

/// The only run of `content`.
Experiment experiment(const std::string& content, const std::vector<std::string>& overrides = {}) {
  const ExperimentFolder folder;
  return resolve(folder.write("mine.toml", content), overrides).variants.at(0).experiment;
}

/// Message and remedy of what is wrong with `content`, which stands in mine.toml.
std::string problem(const std::string& content, const std::vector<std::string>& overrides = {}) {
  return error_of([&] { experiment(content, overrides); }).what();
}

std::string path_option(const Experiment& experiment) { return *experiment.dataset.options.find("path")->get_if<std::string>(); }

}  // namespace

TEST_CASE("An experiment has every value, with defaults where nothing is given") {
  const Experiment mine = experiment(small_experiment);
  REQUIRE(mine.name == "mine");
  REQUIRE(mine.architecture.plugin == "gpt");
  REQUIRE(*mine.architecture.options.find("n_layer") == Value(4));
  REQUIRE(mine.training.total_steps() == 10);
  REQUIRE(mine.training.learning_rate == 3e-4);
  REQUIRE(mine.split.method == "hash");
  std::vector<std::string> sections;
  for (const Entry& entry : mine.resolved) sections.push_back(entry.key);
  REQUIRE(sections ==
          std::vector<std::string>{"name", "dataset", "filter", "duplicates", "split", "tokenizer", "architecture", "training"});
}

TEST_CASE("A token budget is rounded down to whole steps, and is one step at least") {
  const std::string tokens = "training.steps=0";
  REQUIRE(experiment(small_experiment, {tokens, "training.tokens=100_000_000"}).training.total_steps() == 6103);
  REQUIRE(experiment(small_experiment, {tokens, "training.tokens=5"}).training.total_steps() == 1);
}

TEST_CASE("Every resolved value has its origin") {
  const ExperimentFolder folder;
  folder.write("base.toml", "[architecture]\nn_layer = 2\ndropout = 0.5\n");
  const auto file = folder.write("mine.toml", "extends = \"base.toml\"\n" + small_experiment);
  const auto table = resolve(file, {"architecture.dropout=0"}).variants[0].experiment.resolved;
  std::map<std::string, std::string> places;
  for (const auto& [path, origin] : origins(table)) places[path] = origin.substr(origin.rfind('/') + 1);
  REQUIRE(places["architecture.plugin"] == "mine.toml:9:10");
  REQUIRE(places["architecture.n_layer"] == "base.toml:2:11");
  REQUIRE(places["architecture.dropout"] == "--set architecture.dropout=0");
  REQUIRE(places["architecture.fast"] == "default");
  REQUIRE(places["training.seeds.data"] == "default");
}

TEST_CASE("Resolved values written as TOML read back as the same values") {
  const ExperimentFolder folder;
  const auto file = folder.write("mine.toml", small_experiment +
                                                  "seed = 3\nlearning_rate = 1e-3\n[[metric]]\nplugin = \"perplexity\"\n"
                                                  "[[metric]]\nplugin = \"music\"\n");
  const Table first = resolve(file).variants[0].experiment.resolved;
  const auto copy = folder.write("elsewhere/copy.toml", to_toml(first));
  REQUIRE(resolve(copy).variants[0].experiment.resolved == first);
}

TEST_CASE("extends lays a file over one or several others, later ones winning") {
  const ExperimentFolder folder;
  folder.write("base/a.toml", "[training]\nbatch_size = 2\ncontext_length = 8\n");
  folder.write("base/b.toml", "extends = \"a.toml\"\n[training]\nbatch_size = 4\n");
  folder.write("base/c.toml", "[training]\nlearning_rate = 0.5\n");
  const auto file =
      folder.write("mine.toml", "extends = [\"base/b.toml\", \"base/c.toml\"]\n" + small_experiment + "learning_rate = 0.25\n");
  const TrainingOptions training = resolve(file).variants[0].experiment.training;
  REQUIRE(training.batch_size == 4);
  REQUIRE(training.context_length == 8);
  REQUIRE(training.learning_rate == 0.25);
}

TEST_CASE("An extended file that is missing is named with who extends it") {
  const ExperimentFolder folder;
  folder.write("chars.toml", "");
  const auto file = folder.write("mine.toml", "extends = \"char.toml\"\n");
  const Error error = error_of([&] { read_experiment(file, {}); });
  REQUIRE_THAT(error.message(), Catch::StartsWith(file.string() + ":1:11: extends \"char.toml\", but there is no file"));
  REQUIRE(error.remedy() == "did you mean chars.toml?");
  REQUIRE(error.fault() == Fault::usage);
}

TEST_CASE("Files that extend each other in a circle are an error that shows it") {
  const ExperimentFolder folder;
  folder.write("a.toml", "extends = \"b.toml\"\n");
  folder.write("b.toml", "extends = [\"a.toml\"]\n");
  const Error error = error_of([&] { read_experiment(folder.path() / "a.toml", {}); });
  REQUIRE_THAT(error.message(), Catch::Contains("b.toml:1:12: extends goes in a circle: a.toml -> b.toml -> a.toml"));
}

TEST_CASE("Two files may extend the same third") {
  const ExperimentFolder folder;
  folder.write("root.toml", small_experiment);
  folder.write("a.toml", "extends = \"root.toml\"\n");
  folder.write("b.toml", "extends = \"root.toml\"\n");
  REQUIRE(resolve(folder.write("mine.toml", "extends = [\"a.toml\", \"b.toml\"]\n")).variants.size() == 1);
}

TEST_CASE("A path is relative to the file in which it stands, and one of --set to the working directory") {
  const ExperimentFolder folder;
  folder.write("base/data.toml", "[dataset]\nplugin = \"text\"\npath = \"../songs/a.txt\"\n");
  const auto file =
      folder.write("mine.toml",
                   "extends = \"base/data.toml\"\n[tokenizer]\nplugin = \"char\"\n[architecture]\nplugin = \"gpt\"\n"
                   "[training]\nsteps = 1\n");
  REQUIRE(path_option(resolve(file).variants[0].experiment) == (folder.path() / "songs/a.txt").string());
  REQUIRE(path_option(resolve(file, {"dataset.path=x/../b.txt"}).variants[0].experiment) ==
          (std::filesystem::current_path() / "b.txt").string());
  REQUIRE(path_option(resolve(file, {"dataset.path=/abs/c.txt"}).variants[0].experiment) == "/abs/c.txt");
}

TEST_CASE("Plugin directories are relative to the file that names them") {
  const ExperimentFolder folder;
  folder.write("base/base.toml", "[plugins]\ndirectories = [\"../lib\", \"/opt/plugins\"]\n");
  const auto file = folder.write("mine.toml", "extends = \"base/base.toml\"\n");
  const auto found = plugin_directories(read_experiment(file, {}));
  REQUIRE(found.size() == 2);
  REQUIRE(found[0].path == folder.path() / "lib");
  REQUIRE_THAT(found[0].asked_by, Catch::EndsWith("base.toml:2:16"));
  REQUIRE(found[1].path == "/opt/plugins");
}

TEST_CASE("An unknown key is reported with place, full path and the nearest known one") {
  REQUIRE_THAT(problem(small_experiment + "[architectur]\nx = 1\n"),
               Catch::Contains("mine.toml:11:2: unknown section architectur"));
  REQUIRE_THAT(problem(small_experiment + "[architectur]\nx = 1\n"), Catch::Contains("did you mean architecture?"));
  REQUIRE_THAT(problem(small_experiment + "batchsize = 1\n"),
               Catch::Contains("mine.toml:11:1: unknown option training.batchsize"));
  REQUIRE_THAT(problem(small_experiment + "batchsize = 1\n"), Catch::Contains("did you mean batch_size?"));
  REQUIRE_THAT(problem(small_experiment + "seeds = { dat = 1 }\n"),
               Catch::Contains("mine.toml:11:11: unknown option training.seeds.dat"));
  REQUIRE_THAT(problem(small_experiment, {"architecture.n_layers=2"}),
               Catch::Contains("--set architecture.n_layers=2: unknown option"));
  REQUIRE_THAT(problem(small_experiment + "[study]\naxis.seed = []\n"),
               Catch::Contains("mine.toml:12:1: unknown key study.axis"));
  REQUIRE_THAT(problem(small_experiment + "[plugins]\ndirectory = []\n"),
               Catch::Contains("mine.toml:12:1: unknown key plugins.directory"));
  REQUIRE_THAT(problem(small_experiment + "[split]\ntrian = 0.5\n"), Catch::Contains("did you mean train?"));
}

TEST_CASE("Several problems are reported together, each once though many runs share it") {
  const std::string all = problem(small_experiment +
                                  "batchsize = 1\nprecision = \"fp16\"\n[split]\nseed = -1\n[study]\n"
                                  "axes.seed = [ { training.seed = 1 }, { training.seed = 2 } ]\n");
  REQUIRE_THAT(all, Catch::Contains("mine.toml:11:1: unknown option training.batchsize"));
  REQUIRE_THAT(all, Catch::Contains("mine.toml:12:13: training.precision"));
  REQUIRE_THAT(all, Catch::Contains("one of fp32, bf16"));
  REQUIRE_THAT(all, Catch::Contains("mine.toml:14:8: split.seed"));
  const auto first = all.find("training.batchsize");
  REQUIRE(all.find("training.batchsize", first + 1) == std::string::npos);
}

TEST_CASE("Missing sections and plugins are named with what could stand there") {
  const std::string all = problem("name = \"x\"\n[architecture]\nn_layer = 4\n[dataset]\nplugin = \"text\"\n");
  REQUIRE_THAT(all, Catch::Contains("the section [tokenizer] is missing"));
  REQUIRE_THAT(all, Catch::Contains("the section [training] is missing"));
  REQUIRE_THAT(all, Catch::Contains("mine.toml:2:1: architecture.plugin is missing"));
  REQUIRE_THAT(all, Catch::Contains("set it to one of gpt, lstm"));
  REQUIRE_THAT(all, Catch::Contains("mine.toml:4:1: dataset.path of text is missing"));
}

TEST_CASE("An unknown plugin is an error at its place that lists the known ones") {
  const std::string message = problem(small_experiment, {"architecture.plugin=gtp"});
  REQUIRE_THAT(message, Catch::Contains("--set architecture.plugin=gtp: "));
  REQUIRE_THAT(message, Catch::Contains("gtp"));
  REQUIRE_THAT(message, Catch::Contains("lstm"));
}

TEST_CASE("A section of the wrong shape says how it is written") {
  REQUIRE_THAT(problem("training = 5\n"), Catch::Contains("mine.toml:1:12: training must be a table"));
  REQUIRE_THAT(problem(small_experiment + "[metric]\nplugin = \"perplexity\"\n"),
               Catch::Contains("[[metric]], with two brackets"));
  REQUIRE_THAT(problem("name = \"a/b\"\n" + small_experiment),
               Catch::Contains("mine.toml:1:8: name \"a/b\" cannot be a folder's name"));
  REQUIRE_THAT(problem(small_experiment + "seed = \"x\"\n"), Catch::Contains("mine.toml:11:1: unknown option training.seed"));
}

TEST_CASE("Of a warm-up-stable-decay schedule the decay is the last share of the steps, and at least one") {
  TrainingOptions training;
  training.steps = 10;
  for (const auto& [share, stable] : {std::pair(0.2, 8), {0.25, 7}, {0.01, 9}, {0.0, 9}, {1.0, 0}}) {
    training.decay_share = share;
    CHECK(training.stable_steps() == stable);
  }
}

TEST_CASE("Values that contradict each other are reported where they stand") {
  const auto training = [](const std::string& lines) { return problem(small_experiment + lines); };
  REQUIRE_THAT(training("tokens = 5\n"), Catch::Contains("mine.toml:10:9: training.tokens and training.steps are both set"));
  REQUIRE_THAT(problem(small_experiment, {"training.steps=0"}), Catch::Contains("training has no budget"));
  REQUIRE_THAT(training("batch_size = 10\naccumulate = 4\n"),
               Catch::Contains("mine.toml:12:14: training.batch_size 10 cannot be computed in 4"));
  REQUIRE_THAT(training("warmup_steps = 11\n"),
               Catch::Contains("mine.toml:11:16: training.warmup_steps 11 is more than the 10 steps"));
  REQUIRE_THAT(training("schedule = \"cosine\"\nfinal_learning_rate = 1.0\n"),
               Catch::Contains("is above training.learning_rate"));
  REQUIRE_THAT(training("final_learning_rate = 1e-5\n"), Catch::Contains("does nothing with training.schedule = \"constant\""));
  REQUIRE_THAT(training("schedule = \"wsd\"\nwarmup_steps = 9\n"),
               Catch::Contains("mine.toml:12:16: training.warmup_steps 9 is more than the 8 steps before the decay"));
  REQUIRE_THAT(training("schedule = \"linear\"\ndecay_share = 0.1\n"),
               Catch::Contains("mine.toml:12:15: training.decay_share does nothing with training.schedule = \"linear\""));
  REQUIRE_THAT(training("keep_best = true\n"), Catch::Contains("training.validate_every is 0"));
  REQUIRE_THAT(training("sample_tokens = 10\n"), Catch::Contains("training.sample_every is 0"));
  REQUIRE_THAT(training("init_from = \"w.safetensors\"\n"),
               Catch::Contains("mine.toml:11:13: training.init_from: there is no file /"));
  REQUIRE_THAT(training("[split]\ntrain = 0.9\n"),
               Catch::Contains("mine.toml:12:9: split.train + split.validation + split.test is 0.92"));
  REQUIRE_THAT(training("[split]\ntrain = 0\nvalidation = 0.5\ntest = 0.5\n"), Catch::Contains("nothing to train on"));
  REQUIRE_THAT(training("[filter]\nmin_characters = 5\nmax_characters = 4\n"),
               Catch::Contains("mine.toml:13:18: filter.min_characters 5 is above"));
  REQUIRE_THAT(training("[[metric]]\nplugin = \"music\"\n[[metric]]\nplugin = \"music\"\n"),
               Catch::Contains("metric music is listed twice"));
}

TEST_CASE("Split fractions that sum to 1 but for rounding are accepted") {
  REQUIRE(experiment(small_experiment + "[split]\ntrain = 0.7\nvalidation = 0.2\ntest = 0.1\n").split.train == 0.7);
}

TEST_CASE("Runs that differ in nothing are an error") {
  const std::string axes = "[study]\naxes.n = [ { architecture.n_layer = 1 }, { architecture.n_layer = 2 } ]\n";
  REQUIRE_THAT(problem(small_experiment + axes, {"architecture.n_layer=3"}),
               Catch::Contains("the runs n_layer-1 and n_layer-2 have the same values"));
}

TEST_CASE("An axis over architectures gives each run the options of its own plugin") {
  const ExperimentFolder folder;
  const auto study = resolve(folder.write(
      "mine.toml", small_experiment + "[study]\naxes.model = [ { architecture = { plugin = \"gpt\", n_layer = 2 } }, "
                                      "{ architecture = { plugin = \"lstm\", hidden_size = 8 }, training.clip_norm = 1.0 } ]\n"));
  REQUIRE(study.variants.size() == 2);
  REQUIRE(study.variants[0].label == "gpt-n_layer-2");
  REQUIRE(study.variants[1].label == "lstm-hidden_size-8-clip_norm-1.0");
  REQUIRE(study.variants[1].experiment.architecture.options == Table{{"hidden_size", Value(8)}});
  REQUIRE(study.variants[1].experiment.training.clip_norm == 1.0);
  REQUIRE(study.variants[0].experiment.training.clip_norm == 0.0);
}
