// The metrics abc_validity and midi_export on texts that a test gives in place of a model.
#include <torch/torch.h>

#include <catch.hpp>
#include <etude/music/midi.hpp>
#include <given_texts.hpp>
#include <plugins/loaded_plugins.hpp>

using namespace etude;
using namespace etude::testing;

namespace {

namespace fs = std::filesystem;

/// A view of texts in place of a model.
class GivenView final : public MetricView {
 public:
  explicit GivenView(std::vector<std::string> given) : texts(std::move(given)) {}

  Architecture& model() override { throw std::logic_error("not asked for"); }
  const Tokenizer& tokenizer() override { throw std::logic_error("not asked for"); }
  const SplitLoss& loss(Split) override { throw std::logic_error("not asked for"); }
  const std::vector<std::string>& samples(const SampleRequest& request) override {
    requests.push_back(request);
    return texts;
  }
  fs::path samples_directory(const SampleRequest&) override {
    fs::create_directories(folder.path() / "set-1");
    return folder.path() / "set-1";
  }
  DocumentSource& documents(Split split) override {
    return read.emplace(split == Split::train ? training : split == Split::test ? test : std::vector<std::string>{});
  }
  fs::path directory() override {
    fs::create_directories(folder.path() / "own");
    return folder.path() / "own";
  }
  void progress(const std::string&, std::int64_t, std::int64_t) override {}
  void warn(const std::string& message) override { warnings.push_back(message); }

  std::vector<std::string> texts, training, test, warnings;
  std::vector<SampleRequest> requests;
  std::optional<GivenTexts> read;
  TemporaryDirectory folder;
};

MetricResult evaluate(const std::string& metric, MetricView& view, const Table& options = {}) {
  return built_plugins().make_metric(metric, options)->evaluate(view);
}

const std::string header = "X:1\nM:4/4\nL:1/8\nK:C\n";
const std::string good = header + "CDEF GABc|cBAG FEDC|]\n\n";
const std::string broken = header + "CDEF [GAB|\n\n";  // a chord that is never closed

double share(const MetricResult& result, const std::string& name) { return result.scalars.at(name).value; }

}  // namespace

TEST_CASE("A text is cut from its first X: to the first blank line behind it") {
  const std::string tune = header + "CDEF GABc|]\n";
  GivenView view({"G|A:\n" + tune + "\nX:2\nK:C\nABC\n", tune + " \t\r\nnot this", tune, "K:C\nCDEF|\n\n"});
  const auto result = evaluate("abc_validity", view);
  for (const std::size_t i : {0, 1, 2}) CHECK(read(view.folder.path() / "set-1" / (sample_name(i) + ".abc")) == tune);
  CHECK_FALSE(fs::exists(view.folder.path() / "set-1" / "sample-004.abc"));
  REQUIRE(result.samples.size() == 4);
  CHECK(result.samples[1].text == view.texts[1]);
  CHECK(result.samples[1].file == view.folder.path() / "set-1" / "sample-002.abc");
  CHECK(result.samples[3].verdict == "invalid: it has no X: field");
  CHECK(result.samples[3].file.empty());
  CHECK(share(result, "abc_validity") == 0.75);
  CHECK(share(result, "has_tune") == 0.75);
}

TEST_CASE("Rates of validity and export have Wilson's intervals") {
  GivenView view({good, good, broken, good});
  const auto valid = evaluate("abc_validity", view).scalars.at("abc_validity");
  const auto exported = evaluate("midi_export", view).scalars.at("midi_export");
  for (const Scalar& scalar : {valid, exported}) {
    CHECK(scalar.value == 0.75);
    // By hand, of 3 in 4: (0.75 + 0.4802) / 1.9604 -+ 1.96 / 1.9604 * sqrt(0.1875 / 4 + 3.8415 / 64)
    CHECK(scalar.low.value() == Approx(0.3006).margin(0.0001));
    CHECK(scalar.high.value() == Approx(0.9544).margin(0.0001));
    CHECK_FALSE(scalar.lower_is_better);
    CHECK(scalar.is_share);
  }
}

TEST_CASE("A model that never writes music gets nothing, and breaks nothing") {
  GivenView view({"", "\xff\xfe\x80", std::string(3, '\0'), "lorem ipsum\n\n"});
  view.training = {good};
  const auto validity = evaluate("abc_validity", view);
  CHECK(share(validity, "abc_validity") == 0);
  CHECK(validity.scalars.at("abc_validity").high.value() == Approx(0.4899).margin(0.0001));
  CHECK(share(validity, "strict_abc") == 0);
  CHECK_FALSE(validity.scalars.contains("copied"));
  CHECK_FALSE(validity.scalars.contains("voices"));
  const auto exported = evaluate("midi_export", view);
  CHECK(share(exported, "midi_export") == 0);
  CHECK(fs::is_empty(view.folder.path() / "set-1"));
}

TEST_CASE("Bytes that are no UTF-8 are judged like any others and kept as they are") {
  GivenView view({header + "CDEF \xff\xc3GABc|]\n\n"});
  const auto result = evaluate("abc_validity", view);
  CHECK(result.samples[0].text == view.texts[0]);
  CHECK(read(view.folder.path() / "set-1" / "sample-001.abc") == header + "CDEF \xff\xc3GABc|]\n");
  CHECK_NOTHROW(evaluate("midi_export", view));
}

TEST_CASE("The files of a tune lie side by side, and the MIDI file holds its notes") {
  GivenView view({broken, good});
  evaluate("abc_validity", view);
  const auto result = evaluate("midi_export", view);
  CHECK(result.samples[0].file.empty());
  CHECK(result.samples[0].verdict.starts_with("invalid: "));
  CHECK(result.samples[1].verdict == "exported");
  CHECK(result.samples[1].file == view.folder.path() / "set-1" / "sample-002.mid");
  CHECK(fs::exists(view.folder.path() / "set-1" / "sample-002.abc"));
  std::vector<std::int64_t> pitches;
  for (const auto& note : music::read_midi_notes(read(result.samples[1].file)))
    if (note.pitch != music::MidiNote::tempo) pitches.push_back(note.pitch);
  CHECK(pitches == std::vector<std::int64_t>{60, 62, 64, 65, 67, 69, 71, 72, 72, 71, 69, 67, 65, 64, 62, 60});
}

TEST_CASE("Rungs beside validity: notes, full bars, voices of one length, strict ABC") {
  const std::string two_voices = "X:1\nM:4/4\nL:1/8\nK:C\nV:1\nCDEF GABc|cBAG FEDC|\nV:2\nC8|";
  GivenView view({good, header + "CDE|]\n\n", header + "CDEF GABc|cBAG FED|cBAG FEDC|]\n\n", two_voices + "\n\n",
                  two_voices + "C8|\n\n", "X:1\nhello world\n\n"});
  const auto result = evaluate("abc_validity", view);
  CHECK(share(result, "eight_notes") == Approx(4.0 / 6));
  CHECK(share(result, "full_bars") == Approx(4.0 / 6));  // not the third; the last is no ABC of the standard
  CHECK(share(result, "equal_voices") == Approx(4.0 / 6));
  CHECK(share(result, "strict_abc") == Approx(5.0 / 6));
  CHECK_THAT(result.samples[2].verdict, Catch::StartsWith("valid: bar 2 "));
  CHECK_THAT(result.samples[1].verdict, Catch::Contains("only 3 notes"));
}

TEST_CASE("The last bar of a text that was cut off need not be full") {
  GivenView view({header + "CDEF GABc|cBA", header + "CDEF GABc|cBA\n\n"});
  CHECK(share(evaluate("abc_validity", view), "full_bars") == 0.5);
}

TEST_CASE("Equal tunes count once") {
  GivenView view({good, good + "something else", broken, "no tune", "none here either"});
  CHECK(share(evaluate("abc_validity", view), "distinct") == Approx(3.0 / 5));
}

TEST_CASE("Twelve notes that stand in the training texts are copied, in whatever key and unit length") {
  const std::string tune = header + "CDEF GABc|d2e>f (3gab c'2|";  // 15 notes: four sequences
  const auto copied = [](const std::string& sample, const std::string& training) {
    GivenView view({sample});
    view.training = {"X:1\nK:C\nEEEE|\n", training};
    return share(evaluate("abc_validity", view), "copied");
  };
  CHECK(copied(tune, tune) == 1);
  CHECK(copied(tune, "X:7\nM:4/4\nL:1/16\nK:D\nV:1\nD2E2F2G2 A2B2c2d2|e4!trill!\"D\"f3g (3a2b2c'2 d'4|\n") == 1);
  CHECK(copied(tune, "X:1\nL:1/8\nK:C\n^C^DF^F ^G^A=c^c|^d2=f>^f (3^g^a=c' ^c'2|\n") == 1);
  CHECK(copied(tune, "X:1\nL:1/8\nK:C\nV:1\nz2CDEF|z{ab}GABc|[V:1]d2e>f (3gab c'2|\n") == 1);    // rests, grace notes
  CHECK(copied(tune, "X:1\nL:1/8\nK:C\nCDEF GABc|d2ef (3gab c'2|\n") == 0);                      // another rhythm
  CHECK(copied(tune, "X:1\nL:1/8\nK:G\nCDEF GABc|d2e>f (3gab c'2|\n") == 0);                     // another scale
  CHECK(copied(tune, "X:1\nL:1/8\nK:C\nCDEF GABc|d2e>\nX:2\nL:1/8\nK:C\nf (3gab c'2|\n") == 0);  // of two tunes
  CHECK(copied(tune, "X:1\nL:1/8\nK:C\nV:1\nCDEF GABc|\nV:2\nEEEE|\nV:1\nd2e>f (3gab c'2|\n") == 1);
  CHECK(copied(tune, header + "CDEF GABc|d2e>f (3gzz|") == 0.25);                   // the first twelve
  CHECK(copied(tune, "X:1\nL:1/8\nK:C\n[CE]DEF GABc|d2e>f (3gab c'2|\n") == 0.75);  // three begin behind the chord
}

TEST_CASE("What the test documents have in common with training stands beside what samples copied") {
  const std::string other = "X:3\nL:1/8\nK:C\nCcDd EeFf|GgAa Bbc2|\n";
  GivenView view({good, other});
  view.training = {good, good};
  view.test = {good, good, other};
  const auto result = evaluate("abc_validity", view);
  CHECK(share(result, "copied") == Approx(5.0 / 9));
  CHECK(share(result, "copied_test") == Approx(10.0 / 14));
  CHECK(result.scalars.at("copied").lower_is_better);
  GivenView short_view({header + "CDEF|\n\n"});
  short_view.training = {good};
  CHECK_FALSE(evaluate("abc_validity", short_view).scalars.contains("copied"));
}

TEST_CASE("Both metrics ask for the same texts: 500 of 256 tokens from the model's own distribution") {
  GivenView view({good});
  const auto validity = built_plugins().make_metric("abc_validity", {}),
             exported = built_plugins().make_metric("midi_export", {});
  validity->evaluate(view);
  exported->evaluate(view);
  REQUIRE(view.requests.size() == 2);
  CHECK((view.requests[0] == view.requests[1]));
  SampleRequest expected;
  expected.count = 500;
  expected.new_tokens = 256;
  expected.seed = 1;
  CHECK((view.requests[0] == expected));
  CHECK((validity->needs().samples == std::vector<SampleRequest>{expected}));
  CHECK(exported->needs().losses.empty());
}

TEST_CASE("The rules of sampling are those of the options") {
  GivenView view({good});
  const Table sampling{
      {"temperature", Value(0.95)},        {"top_k", Value(200)},           {"top_p", Value(0.9)}, {"min_p", Value(0.05)},
      {"repetition_penalty", Value(1.15)}, {"repetition_window", Value(64)}};
  evaluate("midi_export", view, {{"samples", Value(7)}, {"tokens", Value(9)}, {"seed", Value(3)}, {"sampling", Value(sampling)}});
  SampleRequest expected;
  expected.count = 7;
  expected.new_tokens = 9;
  expected.seed = 3;
  expected.temperature = 0.95;
  expected.top_k = 200;
  expected.top_p = 0.9;
  expected.min_p = 0.05;
  expected.repetition_penalty = 1.15;
  expected.repetition_window = 64;
  CHECK((view.requests.at(0) == expected));
}

TEST_CASE("A rule of sampling out of its range is refused before anything is trained") {
  const auto& options = built_plugins().find(Kind::metric, "midi_export").options;
  const auto problems_of = [&](const std::string& name, Value value) {
    return options.check({{"sampling", Value(Table{{name, std::move(value)}})}}, "metric", "midi_export").size();
  };
  for (const double top_p : {0.0, -0.5, 1.5}) CHECK(problems_of("top_p", Value(top_p)) == 1);
  for (const double top_p : {0.001, 0.92, 1.0}) CHECK(problems_of("top_p", Value(top_p)) == 0);
  CHECK(problems_of("top_p", Value(1)) == 0);
  CHECK(problems_of("min_p", Value(1.1)) == 1);
  CHECK(problems_of("temperature", Value(-1)) == 1);
  CHECK(problems_of("repetition_penalty", Value(0)) == 1);
  CHECK(problems_of("top_q", Value(0.5)) == 1);
  CHECK(options.check({{"samples", Value(0)}}, "metric", "midi_export").size() == 1);
  const Value endless(std::numeric_limits<std::int64_t>::max());  // times the other, it would not fit in 64 bits
  CHECK(options.check({{"samples", endless}, {"tokens", endless}}, "metric", "midi_export").size() == 2);
}

TEST_CASE("The strict reading judges by the standard") {
  GivenView view({"X:1\nhello world\n\n", good});
  CHECK(share(evaluate("abc_validity", view, {{"reading", Value("strict")}}), "abc_validity") == 0.5);
  CHECK(share(evaluate("midi_export", view, {{"reading", Value("strict")}}), "midi_export") == 0.5);
}

TEST_CASE("What failed alike is counted together") {
  GivenView view(
      {broken, good, header + "A|\nCDEF [GAB|\n\n", "nothing", good, good, "X:A\nL:1/8\nK:C\nC|\n", "X:1\nL:1/x\nK:C\nC|\n"});
  const auto table = evaluate("abc_validity", view).tables.at("outcomes").columns;
  const auto& outcomes = std::get<std::vector<std::string>>(table.at(0).values);
  CHECK(table.at(0).name == "outcome");
  REQUIRE(outcomes.size() == 4);
  CHECK(outcomes[0] == "valid");
  CHECK_THAT(outcomes[1], Catch::StartsWith("invalid: ") && Catch::EndsWith("a chord that nothing closes"));
  CHECK_THAT(outcomes[2], Catch::StartsWith("invalid: ") && Catch::EndsWith("not a whole number"));
  CHECK(outcomes[3] == "invalid: it has no X: field");
  CHECK(std::get<std::vector<double>>(table.at(1).values) == std::vector<double>{3, 2, 2, 1});
}

TEST_CASE("abc2midi is asked where it is installed, and its absence is told") {
  GivenView view({good, header + "CDEF [GAB|\n\n", "X:1\nhello\n\n"});
  const std::string path = std::getenv("PATH");
  ::setenv("PATH", view.folder.path().c_str(), 1);
  const auto without = evaluate("midi_export", view);
  ::setenv("PATH", path.c_str(), 1);
  CHECK_FALSE(without.scalars.contains("abc2midi"));
  REQUIRE(view.warnings.size() == 1);
  CHECK_THAT(view.warnings[0], Catch::Contains("abc2midi is not installed") && Catch::Contains("apt-get install abcmidi"));
  if (std::system("command -v abc2midi > /dev/null") != 0) SKIP("abc2midi is not installed here");
  const auto with = evaluate("midi_export", view);
  CHECK(share(with, "abc2midi") == Approx(1.0 / 3));
  CHECK(fs::is_empty(view.folder.path() / "own"));
}

TEST_CASE("A file of a sample that cannot be written is an error with its name and the system's reason") {
  GivenView view({good});
  const auto file = view.folder.path() / "set-1" / "sample-001.mid";
  fs::create_directories(file);
  CHECK_THROWS_WITH(evaluate("midi_export", view), Catch::Contains("cannot write " + file.string() + ": Is a directory"));
}
