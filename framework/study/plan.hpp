// What a study would do, before it does anything: what `etude check` prints.
#pragma once

#include <corpus/corpus.hpp>
#include <study/estimate.hpp>

namespace etude {

/// What is known about one run. Nothing stands where the corpus would have to be there, or measuring was not wanted.
struct RunPlan {
  std::string label;
  std::optional<std::string> id;
  bool certain = true;   ///< false: it runs only if its point of a selected axis is chosen
  bool expected = true;  ///< counted in the estimate, which assumes the middle point of each axis where one is to be chosen
  std::int64_t steps = 0, tokens = 0;
  std::int64_t own_steps = 0;           ///< without those of the run that it begins from
  std::optional<std::string> parent{};  ///< label of that run
  std::optional<double> epochs;         ///< passes over the training tokens
  std::optional<ModelSize> size;
  std::optional<MeasuredCost> cost;
  std::optional<RunEstimate> estimate;
};

/// The packed corpus of one or more runs.
struct CorpusPlan {
  std::string fingerprint;
  std::filesystem::path directory;
  std::int64_t train_tokens = 0, validation_tokens = 0, test_tokens = 0;
  std::int64_t vocab_size = 0, vocabulary_used = 0;
  std::int64_t unique_train_tokens = 0;  ///< of the training documents without their variants
  std::vector<int> transpositions;       ///< of those variants
  double tokens_per_character = 0;       ///< of the validation split
  double unknown_share = 0;              ///< of its characters
  Leakage validation_leakage, test_leakage;
};

struct StudyPlan {
  std::vector<RunPlan> runs;  ///< of all variants, in the study's order
  std::vector<CorpusPlan> corpora;
  std::vector<std::string> warnings;
  int jobs = 1;
  std::optional<double> seconds;  ///< of all expected runs, `jobs` at a time; nothing where one is not known
};

struct PlanOptions {
  std::filesystem::path output;  ///< where packed corpora are looked for
  double probe_seconds = 0;      ///< that may be spent on measuring each model; 0: time and memory stay unknown
  int jobs = 1;                  ///< runs at a time, each with its share of the threads
};

/// Trains and writes nothing. What cannot be told becomes a warning.
StudyPlan plan_study(const Study& study, const Catalogue& catalogue, const PlanOptions& options);

}  // namespace etude
