#include <base/files.hpp>
#include <base/text.hpp>
#include <catch.hpp>
#include <child_process.hpp>
#include <clocale>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <limits.hpp>
#include <limits>
#include <record/run_record.hpp>
#include <temporary_directory.hpp>
#include <thread>
#include <unit/h5py.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;
using namespace std::string_literals;

constexpr double nan = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

RunHeader header() {
  RunHeader result;
  result.label = "gpt-tiny_seed-1";
  result.study = "étude/1";
  result.experiment_toml = "name = \"étude\"\n[training]\ntokens = 1000\n";
  result.origins = {{"name", "mine.toml:1:1"}, {"training.tokens", "--set"}};
  result.axes = {{"model", "gpt-tiny"}, {"seed", "1"}};
  result.provenance = {{"threads", "2"}, {"command_line", "etude run \"a b.toml\""}, {"plugin/gpt", "1 %"}, {".", ""}};
  result.model = {{"parameters", 123456}, {"forward_flops_per_token", 1.5e9}};
  result.corpus = {{"train_tokens", 1e6}, {"validation_unknown_share", 0.1}};
  return result;
}

TrainRow train_row(std::int64_t step) {
  return {
      step,  step * 100, 5.0 / static_cast<double>(step), 3e-4, 0.1 * static_cast<double>(step), 0.3 * static_cast<double>(step),
      333.3, 1 << 20};
}

/// A run with everything that is hard to write down.
void add_hard_values(RunRecord& record) {
  record.add(TrainRow{1, 100, 0.1, 3e-4, -0.0, 0.25, 1e300, std::int64_t{1} << 62});
  record.add(TrainRow{2, 200, nan, 5e-324, infinity, 0.5, -infinity, 0});
  record.add(TrainRow{3, 300, 1.0 / 3, 1, 1e22, 0.75, 9007199254740993.0, (std::int64_t{1} << 53) + 1});
  record.add(ValidationRow{2, 200, nan, nan, nan, nan, 0.5}, {{nan, 2.0}, {8, 8}, {10, 12}, {0, 1}});
  record.add(ValidationRow{3, 300, 1.25, 1.2, 1.3, 1.8, 0.5}, {{1.0, 1.5}, {8, 8}, {10, 12}, {0, 1}});
  record.add(Sample{3, "training", "X:1\r\n\"|\\ \0\xff\xe2\x99\xaf \x1b\n"s, "", {}});
  MetricResult result;
  result.scalars["perplexity"] = {3.5, 3.25, 3.75, true, false};
  result.scalars["a/b.%"] = {nan, std::nullopt, infinity, false, true};
  record.add("perplexity", result);
  MetricResult judged;
  judged.scalars["judged"] = share_of(1, 3);
  judged.tables["reasons/all"].columns = {{"reason", std::vector<std::string>{"no bar\n", "", "\xff"}},
                                          {"count", std::vector<double>{2, nan, infinity}}};
  judged.tables["empty"].columns = {{"nothing", std::vector<std::string>{}}, {"none", std::vector<double>{}}};
  judged.samples = {{"X:1\n\xff", "valid", "samples/set-1/sample-001.mid"}, {"", "invalid: no X:", {}}};
  record.add("judged", judged);
}

void require_same(double a, double b) {
  REQUIRE(((std::isnan(a) && std::isnan(b)) || (a == b && std::signbit(a) == std::signbit(b))));
}

void require_same(const std::map<std::string, MetricTable>& a, const std::map<std::string, MetricTable>& b) {
  REQUIRE(a.size() == b.size());
  for (const auto& [name, table] : a) {
    const auto& other = b.at(name).columns;
    REQUIRE(table.columns.size() == other.size());
    for (std::size_t i = 0; i < other.size(); ++i) {
      REQUIRE(table.columns[i].name == other[i].name);
      REQUIRE(table.columns[i].values.index() == other[i].values.index());
      if (const auto* numbers = std::get_if<std::vector<double>>(&other[i].values)) {
        const auto& expected = std::get<std::vector<double>>(table.columns[i].values);
        REQUIRE(numbers->size() == expected.size());
        for (std::size_t row = 0; row < numbers->size(); ++row) require_same((*numbers)[row], expected[row]);
      } else {
        REQUIRE(table.columns[i].values == other[i].values);
      }
    }
  }
}

void require_same(const RunData& a, const RunData& b) {
  REQUIRE(a.header.label == b.header.label);
  REQUIRE(a.header.study == b.header.study);
  REQUIRE(a.header.experiment_toml == b.header.experiment_toml);
  REQUIRE(a.header.origins == b.header.origins);
  REQUIRE(a.header.axes == b.header.axes);
  REQUIRE(std::map(a.header.provenance.begin(), a.header.provenance.end()) ==
          std::map(b.header.provenance.begin(), b.header.provenance.end()));
  REQUIRE(a.header.model == b.header.model);
  REQUIRE(a.header.corpus == b.header.corpus);
  REQUIRE(a.train.size() == b.train.size());
  for (std::size_t i = 0; i < a.train.size(); ++i) {
    REQUIRE(a.train[i].step == b.train[i].step);
    REQUIRE(a.train[i].tokens == b.train[i].tokens);
    REQUIRE(a.train[i].peak_memory == b.train[i].peak_memory);
    require_same(a.train[i].loss, b.train[i].loss);
    require_same(a.train[i].learning_rate, b.train[i].learning_rate);
    require_same(a.train[i].grad_norm, b.train[i].grad_norm);
    require_same(a.train[i].tokens_per_second, b.train[i].tokens_per_second);
  }
  REQUIRE(a.validation.size() == b.validation.size());
  for (std::size_t i = 0; i < a.validation.size(); ++i) {
    require_same(a.validation[i].loss, b.validation[i].loss);
    require_same(a.validation[i].low, b.validation[i].low);
    require_same(a.validation[i].bits_per_character, b.validation[i].bits_per_character);
  }
  REQUIRE(a.windows.loss == b.windows.loss);
  REQUIRE(a.windows.document == b.windows.document);
  REQUIRE(a.metrics.size() == b.metrics.size());
  for (const auto& [id, result] : a.metrics)
    for (const auto& [name, scalar] : result.scalars) {
      const auto& other = b.metrics.at(id).scalars.at(name);
      require_same(scalar.value, other.value);
      REQUIRE(scalar.low == other.low);
      REQUIRE(scalar.high == other.high);
      REQUIRE(scalar.lossy == other.lossy);
      REQUIRE(scalar.lower_is_better == other.lower_is_better);
      REQUIRE(scalar.is_share == other.is_share);
    }
  for (const auto& [id, result] : a.metrics) require_same(result.tables, b.metrics.at(id).tables);
  REQUIRE(a.state == b.state);
  REQUIRE(a.reason == b.reason);
}

/// Compares run.h5 with the journal by plain h5py, which shares nothing with the code under test.
bool h5py_agrees(const fs::path& run) {
  const std::string script = std::string(std::getenv("ETUDE_SOURCE")) + "/tests/conformance/records_check.py";
  return std::system(text(std::getenv("ETUDE_TEST_PYTHON"), " '", script, "' '", run.string(), "' > /dev/null 2>&1").c_str()) ==
         0;
}

std::vector<std::int64_t> steps(const RunData& data) {
  std::vector<std::int64_t> result;
  for (const auto& row : data.train) result.push_back(row.step);
  return result;
}

void append(const fs::path& file, const std::string& bytes) { std::ofstream(file, std::ios::app | std::ios::binary) << bytes; }

}  // namespace

TEST_CASE("A run reads back as it was written, from the journal and from run.h5 alone") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  RunData written;
  {
    auto record = RunRecord::create(run, header());
    add_hard_values(record);
    record.set_state("failed", "loss is not finite");
    record.snapshot();
    written = record.data();
  }
  require_same(read_run(run), written);
  CHECK(written.samples[0].text == "X:1\r\n\"|\\ \0\xef\xbf\xbd\xe2\x99\xaf \x1b\n"s);
  fs::remove(run / "journal.jsonl");
  const auto from_snapshot = read_run(run);
  require_same(from_snapshot, written);
  CHECK(from_snapshot.samples[0].text == "X:1\r\n\"|\\ \u2400\xef\xbf\xbd\xe2\x99\xaf \x1b\n");
}

TEST_CASE("Plain h5py finds in run.h5 what the journal says") {
  testing::need_h5py();
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  {
    auto record = RunRecord::create(run, header());
    record.snapshot();
    CHECK(h5py_agrees(run));  // before the first row
    add_hard_values(record);
    record.snapshot();
    CHECK(h5py_agrees(run));
    record.add(train_row(4));
    CHECK_FALSE(h5py_agrees(run));  // the journal is ahead until the next snapshot
  }
  {
    auto record = RunRecord::resume(run, 2, header());
    CHECK(h5py_agrees(run));
    record.add(train_row(3));
    record.set_state("done");
    record.snapshot();
  }
  CHECK(h5py_agrees(run));
}

TEST_CASE("Numbers do not depend on the locale") {
  testing::TemporaryDirectory temporary;
  const auto locale = temporary.path() / "de_DE.UTF-8";  // which writes 1.234,5
  const bool made = std::system(text("localedef -i de_DE -f UTF-8 '", locale.string(), "' > /dev/null 2>&1").c_str()) == 0;
  setenv("LOCPATH", temporary.path().c_str(), 1);
  if (!made || !std::setlocale(LC_ALL, "de_DE.UTF-8"))
    SKIP("no locale with a decimal comma can be made here (Debian: apt-get install locales)");
  REQUIRE(std::strtod("0,5", nullptr) == 0.5);
  {
    auto record = RunRecord::create(temporary.path(), header());
    record.add(TrainRow{1, 100, 0.5, 1.25, 0.75, 1234.5, 1e-7, 1});
    record.snapshot();
  }
  const auto row = read_run(temporary.path()).train.at(0);
  const auto journal = read_file(temporary.path() / "journal.jsonl");
  const auto shown = fixed(1234.5, 1) + " " + shortest(0.5) + " " + count_text(1.5e6);
  std::setlocale(LC_ALL, "C");
  unsetenv("LOCPATH");
  CHECK(shown == "1234.5 0.5 1.50 M");
  CHECK(row.loss == 0.5);
  CHECK(row.tokens_per_second == 1e-7);
  CHECK(journal.find("\"seconds\":1234.5,") != std::string::npos);
}

TEST_CASE("A torn last line is passed over, any other damage is an error that names its line") {
  testing::TemporaryDirectory temporary;
  const auto journal = temporary.path() / "journal.jsonl";
  {
    auto record = RunRecord::create(temporary.path(), header());
    for (int step = 1; step <= 3; ++step) record.add(train_row(step));
  }
  const auto whole = read_file(journal);
  append(journal, R"({"event":"train","step":4,"tok)");
  CHECK(steps(read_run(temporary.path())) == std::vector<std::int64_t>{1, 2, 3});

  append(journal, "\n");
  CHECK_THROWS_WITH(read_run(temporary.path()), Catch::Contains("journal.jsonl:6: damaged line"));
  write_file(journal, whole + "{\"event\":\"train\",\"step\":4}\n");
  CHECK_THROWS_WITH(read_run(temporary.path()), Catch::Contains("journal.jsonl:6: damaged line") && Catch::Contains("tokens"));
  write_file(
      journal,
      whole + R"({"event":"validation","step":4,"tokens":1,"loss":"nan","low":1,"high":1,"bits_per_character":1,"seconds":1})" +
          "\n");
  CHECK_THROWS_WITH(read_run(temporary.path()),
                    Catch::Contains("journal.jsonl:6: damaged line") && Catch::Contains("\"nan\" is not a number"));
  write_file(journal, whole.substr(whole.find('\n') + 1));
  CHECK_THROWS_WITH(read_run(temporary.path()), Catch::Contains("journal.jsonl:1: damaged journal: the header"));
  write_file(journal, "");
  CHECK_THROWS_WITH(read_run(temporary.path()), Catch::Contains("its first line is not there"));
  CHECK_THROWS_WITH(read_run("/none/such"), Catch::Contains("there is no run in /none/such"));
}

TEST_CASE("What later versions add is passed over, a later format is refused") {
  testing::TemporaryDirectory temporary;
  const auto journal = temporary.path() / "journal.jsonl";
  RunRecord::create(temporary.path(), header()).add(train_row(1));
  append(journal, "{\"event\":\"pitch_histogram\",\"step\":1,\"counts\":[1,2]}\n");
  append(journal,
         R"({"event":"train","step":2,"tokens":1,"loss":1,"learning_rate":1,"grad_norm":1,"seconds":1,"tokens_per_second":1,)"
         R"("peak_memory":1,"temperature":20.5})"
         "\n");
  CHECK(steps(read_run(temporary.path())) == std::vector<std::int64_t>{1, 2});

  auto later = read_file(journal);
  const std::string version = "\"format_version\":1";
  later.replace(later.find(version), version.size(), "\"format_version\":2");
  write_file(journal, later);
  CHECK_THROWS_WITH(read_run(temporary.path()), Catch::Contains("the run is recorded in format 2, this program knows 1"));
}

TEST_CASE("A resumed run drops what came after its checkpoint from journal and run.h5") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  {
    auto record = RunRecord::create(run, header());
    for (int step = 1; step <= 10; ++step) {
      record.add(train_row(step));
      if (step % 4 == 0) record.add(ValidationRow{step, step * 100, 1.0 * step, nan, nan, 2, 0.1}, {{1.0 * step}, {8}, {9}, {0}});
    }
    record.add(Sample{10, "training", "X:1", "", {}});
    record.snapshot();
  }
  append(run / "journal.jsonl", "{\"event\":\"tr");
  const auto before = read_file(run / "journal.jsonl");

  auto second = header();
  second.provenance = {{"threads", "4"}};
  {
    auto record = RunRecord::resume(run, 6, second);
    CHECK(steps(record.data()) == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});
    fs::copy_file(run / "run.h5", run / "copy.h5");
    record.add(train_row(7));
    record.set_state("done");
    record.snapshot();
  }
  const auto data = read_run(run);
  CHECK(steps(data) == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6, 7});
  CHECK(data.validation.size() == 1);
  CHECK(data.windows.loss == std::vector<double>{4.0});
  CHECK(data.samples.empty());
  CHECK(data.state == "done");
  CHECK(data.header.provenance == header().provenance);
  REQUIRE(data.resumes.size() == 1);
  CHECK(data.resumes[0].step == 6);
  CHECK(data.resumes[0].provenance == second.provenance);
  // The rows that stay are the same bytes.
  const auto after = read_file(run / "journal.jsonl");
  const auto kept = before.substr(0, before.find("{\"event\":\"train\",\"step\":7"));
  CHECK(after.substr(0, kept.size()) == kept);

  testing::TemporaryDirectory other;
  fs::copy_file(run / "copy.h5", other.path() / "run.h5");
  CHECK(steps(read_run(other.path())) == std::vector<std::int64_t>{1, 2, 3, 4, 5, 6});
}

TEST_CASE("A run that begins from another has its rows until then, and says whose they are") {
  testing::TemporaryDirectory temporary;
  const auto parent = temporary.path() / "gpt-1", run = temporary.path() / "gpt-2";
  fs::create_directory(parent);
  fs::create_directory(run);
  {
    auto record = RunRecord::create(parent, header());
    for (int step = 1; step <= 6; ++step) {
      record.add(train_row(step));
      if (step % 2 == 0) record.add(ValidationRow{step, step * 100, 1.0 * step, nan, nan, 2, 0.1}, {{1.0 * step}, {8}, {9}, {0}});
    }
    record.add(Sample{4, "training", "X:1", "", {}});
    record.set_state("interrupted");
  }
  RunRecord::resume(parent, 6, header());  // how it went on is its own affair

  RunRecord::create(run, header()).add(train_row(9));  // begun, and killed before it had a checkpoint
  auto own = header();
  own.label = "gpt-2";
  {
    auto record = RunRecord::branch(run, parent, 4, own);
    record.add(train_row(5));
    record.set_state("done");
    record.snapshot();
  }
  if (testing::has_h5py()) CHECK(h5py_agrees(run));
  fs::remove(run / "journal.jsonl");
  const auto data = read_run(run);
  CHECK(steps(data) == std::vector<std::int64_t>{1, 2, 3, 4, 5});
  CHECK(data.validation.size() == 2);
  CHECK(data.windows.loss == std::vector<double>{4.0});
  CHECK(data.samples.size() == 1);
  CHECK(data.header.label == "gpt-2");
  CHECK(data.resumes.empty());
  auto provenance = own.provenance;
  provenance.emplace_back("parent", "gpt-1 step 4");
  CHECK(std::map(data.header.provenance.begin(), data.header.provenance.end()) == std::map(provenance.begin(), provenance.end()));
}

TEST_CASE("What a run had from another goes where it begins anew") {
  testing::TemporaryDirectory temporary;
  const auto parent = temporary.path() / "gpt-1", run = temporary.path() / "gpt-2";
  fs::create_directory(parent);
  fs::create_directory(run);
  {
    auto record = RunRecord::create(parent, header());
    for (int step = 1; step <= 6; ++step) record.add(train_row(step));
  }
  RunRecord::branch(run, parent, 4, header()).add(train_row(5));
  CHECK(steps(RunRecord::resume(run, 5, header()).data()).size() == 5);
  const auto anew = RunRecord::resume(run, 0, header()).data();
  CHECK(anew.train.empty());
  CHECK(anew.header.provenance == header().provenance);
}

TEST_CASE("A run is resumed as what it was, and started only once") {
  testing::TemporaryDirectory temporary;
  RunRecord::create(temporary.path(), header());
  CHECK_THROWS_WITH(RunRecord::create(temporary.path(), header()), Catch::Contains("there is a run in"));
  auto other = header();
  other.label = "lstm";
  CHECK_THROWS_WITH(RunRecord::resume(temporary.path(), 0, other), Catch::Contains("is of run gpt-tiny_seed-1"));
}

TEST_CASE("Two processes cannot write one run, and readers leave a run alone that is going") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  auto record = RunRecord::create(run, header());
  record.snapshot();
  record.add(train_row(1));
  const auto before = read_file(run / "run.h5");
  const int code = testing::in_child([&] {
    try {
      RunRecord::resume(run, 0, header());
    } catch (const Error& error) {
      return error.message().find("another process is working on the run") == std::string::npos ? 1 : 0;
    }
    return 2;
  });
  CHECK(code == 0);
  refresh_snapshot(run);
  CHECK(read_file(run / "run.h5") == before);
  CHECK(read_run(run).state == "running");
  record.add(train_row(2));
  CHECK(steps(read_run(run)) == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("After a kill nothing is missing, and readers bring run.h5 up to date") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  const int end = testing::in_child([&] {
    auto record = RunRecord::create(run, header());
    record.add(train_row(1));
    record.snapshot();
    for (int step = 2; step <= 500; ++step) record.add(train_row(step));
    append(run / text(".run.h5.", getpid(), "-1.partial"), "half a snapshot");
    std::raise(SIGKILL);
    return 0;
  });
  REQUIRE(end == -SIGKILL);
  const auto data = read_run(run);
  CHECK(data.train.size() == 500);
  CHECK(data.state == "interrupted");
  CHECK_THAT(data.reason, Catch::Contains("killed"));
  refresh_snapshot(run);
  if (testing::has_h5py()) CHECK(h5py_agrees(run));
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(run)) names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  CHECK(names == std::vector<std::string>{".lock", "journal.jsonl", "run.h5"});

  const auto time = fs::last_write_time(run / "run.h5");
  refresh_snapshot(run);
  CHECK(fs::last_write_time(run / "run.h5") == time);
}

TEST_CASE("A full disk is an error that names the file, and what was recorded stays whole") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  auto record = RunRecord::create(run, header());
  record.add(train_row(1));
  record.snapshot();
  const auto snapshot = read_file(run / "run.h5");
  const auto journal = read_file(run / "journal.jsonl");
  {
    const testing::FileSizeLimit full(journal.size() + 20);
    CHECK_THROWS_WITH(record.add(train_row(2)),
                      Catch::Contains("cannot write " + (run / "journal.jsonl").string() + ": File too large"));
    CHECK_THROWS_WITH(record.snapshot(), Catch::Contains("cannot write " + (run / "run.h5").string()));
  }
  CHECK(read_file(run / "journal.jsonl") == journal);
  CHECK(read_file(run / "run.h5") == snapshot);
  record.add(train_row(2));
  record.snapshot();
  CHECK(steps(read_run(run)) == std::vector<std::int64_t>{1, 2});
}

TEST_CASE("A disk that fills up ends the recording with an error, and everything before it is whole") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  constexpr int no_mount = 77;
  const int code = testing::in_child([&] {
    if (!testing::mount_small_disk(run, "512k")) return no_mount;
    auto record = RunRecord::create(run, header());
    std::size_t rows = 0;
    std::string message;
    try {
      for (;; ++rows) {
        record.add(train_row(static_cast<std::int64_t>(rows) + 1));
        if (rows % 100 == 0) record.snapshot();
      }
    } catch (const Error& error) {
      message = error.message();
    }
    if (message.find("No space left on device") == std::string::npos) return 1;
    if (read_run(run).train.size() != record.data().train.size()) return 2;
    fs::remove(run / "journal.jsonl");
    const auto in_snapshot = read_run(run).train.size();
    return in_snapshot > 0 && in_snapshot <= record.data().train.size() ? 0 : 3;
  });
  if (code == no_mount) SKIP("this user may not mount a small disk");
  CHECK(code == 0);
}

TEST_CASE("The samples of a metric that measures again take the place of those before") {
  testing::TemporaryDirectory temporary;
  auto record = RunRecord::create(temporary.path(), header());
  record.add(Sample{1, "training", "X:1", "", {}});
  MetricResult result;
  result.samples = {{"a", "valid", temporary.path() / "samples" / "a.mid"}, {"b", "invalid", {}}};
  record.add("judged", result);
  record.add("other", result);
  result.samples = {{"c", "valid", {}}};
  record.add("judged", result);
  const auto& samples = record.data().samples;
  REQUIRE(samples.size() == 4);
  CHECK(samples[0].source == "training");
  CHECK(samples[1].file == "samples/a.mid");
  CHECK(samples[2].source == "other");
  CHECK(samples[3].source == "judged");
  CHECK(samples[3].text == "c");
  CHECK(record.data().metrics.at("judged").samples.empty());
}

TEST_CASE("Files of a metric are recorded relative to the run") {
  testing::TemporaryDirectory temporary;
  auto record = RunRecord::create(temporary.path(), header());
  MetricResult result;
  result.files = {temporary.path() / "metrics" / "a.csv", "metrics/b.csv"};
  record.add("counts", result);
  CHECK(record.data().metrics.at("counts").files == std::vector<fs::path>{"metrics/a.csv", "metrics/b.csv"});
}

TEST_CASE("A run.h5 that is none is an error in HDF5's words") {
  testing::TemporaryDirectory temporary;
  write_file(temporary.path() / "run.h5", "not HDF5");
  CHECK_THROWS_WITH(read_run(temporary.path()), Catch::Contains("cannot read " + (temporary.path() / "run.h5").string()) &&
                                                    Catch::Contains("HDF5 cannot read the file: ") &&
                                                    Catch::Contains("signature"));
}

TEST_CASE("A run whose files are empty says what can be done") {
  testing::TemporaryDirectory temporary;
  const auto& run = temporary.path();
  RunRecord::create(run, header()).add(train_row(1));
  fs::resize_file(run / "journal.jsonl", 0);
  const auto what = [&] {
    try {
      read_run(run);
    } catch (const Error& error) {
      return text(error.message(), "\n", error.remedy());
    }
    return std::string();
  };
  CHECK_THAT(what(), Catch::Contains("its first line is not there") && Catch::Contains("move the journal away"));
  fs::remove(run / "journal.jsonl");
  CHECK(what().empty());
  fs::resize_file(run / "run.h5", 0);
  CHECK_THAT(what(), Catch::Contains("run.h5: it is empty") && Catch::Contains("train it again"));
}

}  // namespace etude
