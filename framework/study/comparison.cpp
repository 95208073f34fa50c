#include <algorithm>
#include <base/log.hpp>
#include <cmath>
#include <config/toml.hpp>
#include <etude/value.hpp>
#include <numeric>
#include <record/cells.hpp>
#include <record/recorded_text.hpp>
#include <set>
#include <study/comparison.hpp>
#include <study/comparison_columns.hpp>
#include <study/run_folders.hpp>
#include <study/study_runs.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

std::optional<double> finite(double value) { return std::isfinite(value) ? std::optional(value) : std::nullopt; }

std::optional<double> entry(const std::map<std::string, double>& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? std::nullopt : finite(found->second);
}

std::optional<double> median(std::vector<double> values) {
  std::erase_if(values, [](double value) { return !std::isfinite(value); });
  if (values.empty()) return std::nullopt;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  if (values.size() % 2) return *middle;
  return (*middle + *std::max_element(values.begin(), middle)) / 2;
}

void add_training(ComparedRun& run, const RunData& data) {
  if (data.train.empty()) return;
  run.tokens = static_cast<double>(data.train.back().tokens);
  std::vector<double> speeds;
  std::int64_t peak = 0;
  for (const auto& row : data.train) {
    speeds.push_back(row.tokens_per_second);
    peak = std::max(peak, row.peak_memory);
  }
  run.tokens_per_second = median(std::move(speeds));
  run.peak_memory = static_cast<double>(peak);
  double seconds = data.train.back().seconds;
  for (const auto& row : data.validation) seconds += row.seconds;
  run.wall_seconds = finite(seconds);
}

void add_validation(ComparedRun& run, const RunData& data) {
  if (data.validation.empty()) return;
  const ValidationRow& last = data.validation.back();
  run.validation_loss = finite(last.loss);
  run.validation_loss_low = finite(last.low);
  run.validation_loss_high = finite(last.high);
  run.bits_per_character = finite(last.bits_per_character);
  run.lossy = run.unknown_share.value_or(0) > 0;
}

void add_test(ComparedRun& run, const RunData& data) {
  const auto metric = data.metrics.find("perplexity");
  if (metric == data.metrics.end()) return;
  const auto scalar = metric->second.scalars.find("perplexity");
  if (scalar == metric->second.scalars.end()) return;
  run.test_perplexity = finite(scalar->second.value);
  if (scalar->second.low) run.test_perplexity_low = finite(*scalar->second.low);
  if (scalar->second.high) run.test_perplexity_high = finite(*scalar->second.high);
  run.perplexity_lossy = scalar->second.lossy;
}

void add_corpus(ComparedRun& run, const RunData& data) {
  const auto& facts = data.header.corpus;
  run.corpus = recorded_text(data.header.provenance, "corpus_fingerprint");
  run.transpositions = recorded_text(data.header.provenance, "transpositions");
  run.training_tokens = entry(facts, "train_tokens");
  run.unique_training_tokens = entry(facts, "train_unique_tokens");
  run.tokens_per_character = entry(facts, "validation_tokens_per_character");
  const auto tokens = entry(facts, "validation_tokens"), characters = entry(facts, "validation_characters");
  if (!run.tokens_per_character && tokens && characters) run.tokens_per_character = finite(*tokens / *characters);
  run.unknown_share = entry(facts, "validation_unknown_share");
  run.validation_leakage = entry(facts, "validation_leakage_share");
  run.test_leakage = entry(facts, "test_leakage_share");
  run.validation_documents = entry(facts, "validation_documents");
  run.validation_tokens = tokens;
  run.same_text = recorded_text(data.header.provenance, "validation_text");
  run.text_size =
      text(entry(facts, "validation_characters").value_or(-1), "/", entry(facts, "validation_documents").value_or(-1));
}

/// True if `run` takes part in the comparison of this column.
bool competes(const ComparedRun& run, const CompetingColumn& column) {
  return run.state == "done" && run.*column.value && !(column.lossy && run.*column.lossy);
}

const CompetingColumn* competing_column(const std::string& name) {
  for (const auto& column : competing_columns)
    if (name == column.name) return &column;
  return nullptr;
}

std::vector<fs::path> runs_in(const fs::path& directory) {
  auto runs = folders_in(directory);
  std::erase_if(runs, [](const fs::path& folder) { return !is_run(folder); });
  return runs;
}

}  // namespace

ComparedRun compared_run(const fs::path& directory, const RunData& data) {
  ComparedRun run;
  run.directory = directory;
  run.id = folder_name(directory);
  run.study = data.header.study;
  run.label = data.header.label;
  run.state = data.state;
  run.parameters = entry(data.header.model, "parameters");
  add_corpus(run, data);
  add_training(run, data);
  add_validation(run, data);
  add_test(run, data);
  run.headlines = headlines_of(data);
  run.beside_others = ran_beside_others(data);
  run.axes = data.header.axes;
  run.experiment = parse_toml(data.header.experiment_toml, "the recorded experiment");
  run.cell = cell_of(run.experiment, run.corpus);
  run.windows = data.windows;
  const auto predicted = std::accumulate(data.windows.tokens.begin(), data.windows.tokens.end(), std::int64_t{0});
  run.same_tokens = text(run.corpus, "/", predicted);
  return run;
}

Comparison::Comparison(std::vector<ComparedRun> runs) : runs_(std::move(runs)) {
  // Early runs have no digest of their text; splits of another text hardly have the same counts.
  const bool digests = std::none_of(runs_.begin(), runs_.end(), [](const auto& run) { return run.same_text.empty(); });
  for (auto& run : runs_)
    if (!digests) run.same_text = run.text_size;
}

Comparison Comparison::read(const std::vector<fs::path>& run_directories) {
  std::vector<ComparedRun> runs;
  for (const auto& directory : run_directories) {
    try {
      refresh_snapshot(directory);
      runs.push_back(compared_run(directory, read_run(directory)));
    } catch (const Error& error) {
      log_warning(text("left out: ", directory.string(), "\n", error.what()));
    }
  }
  if (runs.empty()) throw Error("there is no run that can be read");
  return Comparison(std::move(runs));
}

void Comparison::sort(const std::string& column) {
  const bool descending = column.starts_with('-');
  const std::string name = column.substr(descending ? 1 : 0);
  if (name == "label") {
    std::stable_sort(runs_.begin(), runs_.end(),
                     [&](const auto& a, const auto& b) { return descending ? b.label < a.label : a.label < b.label; });
    return;
  }
  std::vector<std::string> known{"label"};
  const auto sort_by = [&](const auto& value_of) {
    const auto rank = [&](const ComparedRun& run) {
      const std::optional<double> value = value_of(run);
      return value ? (descending ? -*value : *value) : std::numeric_limits<double>::infinity();
    };
    std::stable_sort(runs_.begin(), runs_.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  };
  for (const auto& id : headline_ids(runs_)) {
    known.push_back(id);
    if (name != id) continue;
    sort_by([&](const ComparedRun& run) {
      const auto found = run.headlines.find(id);
      return found == run.headlines.end() ? std::nullopt : finite(found->second.scalar.value);
    });
    return;
  }
  for (const auto& candidate : compared_columns) {
    known.emplace_back(candidate.name);
    if (name != candidate.name) continue;
    sort_by([&](const ComparedRun& run) { return run.*candidate.value; });
    return;
  }
  std::string all;
  for (const auto& one : known) all += (all.empty() ? "" : ", ") + one;
  const std::string guess = nearest(name, known);
  throw usage_error(text("unknown column ", name),
                    guess.empty() ? "columns: " + all : text("did you mean ", guess, "? columns: ", all));
}

bool Comparison::comparable(const std::string& name) const {
  const auto* column = competing_column(name);
  std::set<std::string> keys;
  for (const auto& run : runs_)
    if (column && competes(run, *column)) keys.insert(run.*column->key);
  return keys.size() <= 1;
}

bool Comparison::best(const ComparedRun& run, const std::string& name) const {
  const auto* column = competing_column(name);
  if (!column) return best_of_metric(run, name);
  if (!competes(run, *column) || !comparable(name)) return false;
  int others = 0;
  for (const auto& other : runs_) {
    if (&other == &run || !competes(other, *column)) continue;
    if (other.*column->value < run.*column->value) return false;
    ++others;
  }
  return others > 0;  // alone, a run has won nothing
}

bool Comparison::best_of_metric(const ComparedRun& run, const std::string& id) const {
  const auto own = run.headlines.find(id);
  if (own == run.headlines.end() || run.state != "done") return false;
  int others = 0;
  for (const auto& other : runs_) {
    const auto theirs = other.headlines.find(id);
    if (&other == &run || other.state != "done" || theirs == other.headlines.end()) continue;
    if (!beats(own->second, theirs->second)) return false;
    ++others;
  }
  return others > 0;
}

std::vector<fs::path> find_runs(const fs::path& path) {
  if (!fs::is_directory(path))
    throw usage_error(text(path.string(), " is not a directory"), "give the directory of a run or of a study");
  if (is_run(path)) return {path};
  auto runs = runs_in(path);
  for (const auto& study : folders_in(path)) {
    if (is_run(study)) continue;
    const auto more = runs_in(study);
    runs.insert(runs.end(), more.begin(), more.end());
  }
  if (runs.empty())
    throw usage_error(text("there are no runs in ", path.string()), "a run's directory holds journal.jsonl or run.h5");
  return runs;
}

std::string comparison_table(const std::vector<fs::path>& run_directories) {
  if (run_directories.empty()) return "";
  try {
    return Comparison::read(run_directories).table();
  } catch (const Error& error) {
    log_warning(error.what());
    return "";
  }
}

}  // namespace etude
