// A resolved experiment: every value checked, typed, and with a known origin.
#pragma once

#include <etude/options.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace etude {

class Catalogue;
struct PluginDirectory;

/// Which plugin, with every option of it (defaults filled in).
struct PluginChoice {
  std::string plugin;
  Table options;
  Origin origin;
};

/// [filter]: which documents stay.
struct FilterOptions {
  std::int64_t min_characters = 0;
  std::int64_t max_characters = 0;
  double min_gzip_ratio = 0;         ///< of the text without white space (corpus/gzip_ratio.hpp); 0: not measured
  std::int64_t max_total_bytes = 0;  ///< of all documents kept, in their order; 0: no limit
  static OptionTable fields();
};

/// [duplicates]: documents that are nearly the same music, and what becomes of them. Leakage between splits is reported for each.
struct DuplicateOptions {
  std::string use = "report";     ///< report; group: twins share a split; remove: the first of a group stays
  double similarity = 0.6;        ///< Jaccard similarity of two documents' sets of shingles from which on they are twins
  std::int64_t shingle_bars = 2;  ///< consecutive bars that make one shingle
  static OptionTable fields();
};

/// [split]
struct SplitOptions {
  double train = 0.98, validation = 0.01, test = 0.01;
  std::int64_t seed = 42;
  std::string method = "hash";
  static OptionTable fields();
};

struct Seeds {
  std::int64_t initialisation = 1, data = 1, dropout = 1;
  static OptionTable fields();
};

/// [training]. Budgets: `tokens`, or `steps` where tokens is 0.
struct TrainingOptions {
  std::int64_t tokens = 0, steps = 0;
  std::int64_t batch_size = 64, context_length = 256;
  std::int64_t accumulate = 1;  ///< micro-batches a step: batch_size rows are computed in this many parts
  double learning_rate = 3e-4;
  std::string schedule = "constant";  ///< constant, linear, cosine, wsd
  std::int64_t warmup_steps = 0;
  double final_learning_rate = 0;  ///< where linear, cosine and wsd end
  double decay_share = 0.2;        ///< wsd (warm-up, stable, decay): the share of all steps over which the rate falls linearly
  double beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0.01;
  std::string decay_groups = "architecture";  ///< architecture (its parameter_groups()), all
  double clip_norm = 0;                       ///< 0: no clipping
  std::string precision = "fp32";             ///< fp32, bf16
  std::int64_t validate_every = 0;            ///< steps; 0: at the end only
  std::int64_t validation_windows = 0;        ///< how many windows, spread evenly; 0: all
  std::int64_t validation_stride = 0;         ///< tokens between window starts; 0: context_length
  std::int64_t sample_every = 0, sample_tokens = 256;
  std::int64_t checkpoint_every = 0;  ///< steps; 0: at the end only
  std::int64_t keep_checkpoints = 2;
  bool keep_best = false;
  std::int64_t log_every = 1;
  std::string init_from;  ///< a .safetensors file
  std::string device = "auto";
  std::int64_t threads = 0;  ///< 0: all cores
  Seeds seeds;
  static OptionTable fields();

  /// Optimizer steps: the token budget over tokens a step, rounded down (at least 1), or `steps`.
  std::int64_t total_steps() const;
  /// schedule = "wsd": the steps before the decay, of which at least one is left.
  std::int64_t stable_steps() const;
  std::int64_t tokens_per_step() const { return batch_size * context_length; }
};

/// What [architecture] parameters = ... led to.
struct SizedShape {
  double parameters = 0;  ///< the size asked for, in total
  Table options;          ///< the shape: what was chosen, and the architecture's other integers (n_layer, n_head, n_embd)
};

struct Experiment {
  std::string name;
  PluginChoice dataset, tokenizer, architecture;
  std::vector<PluginChoice> metrics;
  FilterOptions filter;
  DuplicateOptions duplicates;
  SplitOptions split;
  TrainingOptions training;
  std::optional<SizedShape> sized{};
  Table resolved;  ///< the whole experiment with defaults, in canonical order; every value has its origin
};

/// One run of a study.
struct Variant {
  std::string label;                                      ///< "gpt-tiny_seed-1", or the experiment's name without axes
  std::vector<std::pair<std::string, std::string>> axes;  ///< axis name and label, in file order
  Experiment experiment;
};

/// [study] select.<axis>: of this axis only the best point counts, for each combination of the other axes' points.
struct Selection {
  std::string axis;
  std::string by = "validation_loss";  ///< validation_loss, bits_per_character; the lowest mean over seeds is best
  /// Axis and label: where every point is tried. The point that is best there serves the other labels of these axes too, which
  /// try no other. Empty: every combination tries every point.
  std::vector<std::pair<std::string, std::string>> at;
  Origin origin;
};

/// One axis of a study.
struct StudyAxis {
  std::string name;
  std::vector<std::string> labels;  ///< in the file's order
  bool seeds = false;               ///< its points differ in nothing but training.seeds: repetitions, to be averaged
};

struct Study {
  std::string name;
  std::filesystem::path file;
  std::vector<StudyAxis> axes{};  ///< in the file's order
  std::vector<Variant> variants;  ///< the whole product of the axes; with selections, not all of them will run
  std::vector<Selection> selections{};
  std::vector<std::string> finish{};  ///< [study] finish: what `etude run` ends with: "fit", "report"
};

/// The experiment file merged with what it extends and with --set overrides, not yet interpreted.
struct ExperimentDocument {
  std::filesystem::path file;
  Table merged;
  Table overrides;  ///< of --set; laid over every variant once more, so that the command line wins over the axes too
};

/// @param overrides  texts "a.b=value" of --set
/// @throws Error (usage) with file, line and column
ExperimentDocument read_experiment(const std::filesystem::path& file, const std::vector<std::string>& overrides);

/// The [plugins] directories, absolute.
std::vector<PluginDirectory> plugin_directories(const ExperimentDocument& document);

/// Expands the axes and checks every variant against the plugins' option tables; all problems are reported together.
Study resolve_study(const ExperimentDocument& document, const Catalogue& catalogue);

/// Of `values`, resolved against `options`, those that change the result and differ from their default.
Table values_that_matter(const Table& values, const OptionTable& options);

/// "<label>-<8 hex digits>": a hash over the canonical JSON of the values that change the result and differ from their defaults.
/// The rule stands in README.md of this folder.
std::string run_id(const Variant& variant, const std::string& corpus_fingerprint, const Catalogue& catalogue);

/// The resolved values as TOML, and as {"path": "origin"} pairs.
std::string to_toml(const Table& table);
std::vector<std::pair<std::string, std::string>> origins(const Table& table);

}  // namespace etude
