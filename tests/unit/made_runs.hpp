// Runs that nobody trained, for the tests of what is done with runs.
#pragma once

#include <cli/command.hpp>
#include <filesystem>
#include <iostream>
#include <optional>
#include <record/run_record.hpp>
#include <sstream>
#include <string>
#include <vector>

namespace etude::testing {

struct MadeRun {
  std::string label;
  double loss = 1.0;
  double bits_per_character = 1.5;
  double perplexity = 2.7;
  std::string corpus = "fingerprint";
  double unknown_share = 0;
  double validation_characters = 5000;
  std::string state = "done";
  std::string study = "sizes";
  std::vector<std::pair<std::string, std::string>> axes{};
  std::string experiment{};  ///< lines of [training] after its first ones, and further sections
  std::optional<WindowTable> windows{};
};

inline RunData data_of(const MadeRun& made) {
  RunData data;
  data.header.label = made.label;
  data.header.study = made.study;
  data.header.axes = made.axes;
  data.header.experiment_toml = "name = \"sizes\"\n[training]\ntokens = 2000000\nbatch_size = 8\n" + made.experiment;
  data.header.origins = {{"name", "sizes.toml:1:1"}, {"training.tokens", "--set"}, {"training.batch_size", "default"}};
  data.header.provenance = {{"corpus_fingerprint", made.corpus}};
  data.header.model = {{"parameters", 1'234'567}};
  data.header.corpus = {{"validation_characters", made.validation_characters},
                        {"validation_documents", 40},
                        {"validation_unknown_share", made.unknown_share}};
  data.train = {{1, 1'000'000, 3.0, 1e-3, 1, 50, 10'000, 851'443'712},
                {2, 2'000'000, 2.0, 1e-3, 1, 100, 45'123, 851'443'712},
                {3, 3'000'000, 2.0, 1e-3, 1, 120, 50'000, 851'443'712}};
  data.validation = {{3, 3'000'000, made.loss, made.loss - 0.01, made.loss + 0.02, made.bits_per_character, 13}};
  data.windows = made.windows.value_or(WindowTable{{made.loss}, {256}, {300}, {0}});
  data.metrics["perplexity"].scalars["perplexity"] = {made.perplexity, made.perplexity - 0.1, made.perplexity + 0.1, true, false};
  data.state = made.state;
  return data;
}

/// What `etude run` would have left of it.
inline void write_data(const std::filesystem::path& directory, const RunData& data) {
  std::filesystem::create_directories(directory);
  auto record = RunRecord::create(directory, data.header);
  for (const auto& row : data.train) record.add(row);
  for (const auto& row : data.validation) record.add(row, data.windows);
  for (const auto& [id, result] : data.metrics) record.add(id, result);
  if (data.state != "running") record.set_state(data.state, data.reason);
}

inline void write_run(const std::filesystem::path& directory, const MadeRun& made) { write_data(directory, data_of(made)); }

/// What a command prints on standard output.
inline std::string output_of(int (*command)(const Arguments&), const Arguments& arguments) {
  std::ostringstream out;
  auto* const before = std::cout.rdbuf(out.rdbuf());
  try {
    command(arguments);
  } catch (...) {
    std::cout.rdbuf(before);
    throw;
  }
  std::cout.rdbuf(before);
  return out.str();
}

}  // namespace etude::testing
