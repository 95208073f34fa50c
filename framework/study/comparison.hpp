// Runs side by side: what `etude compare` prints, and what `etude run` ends with.
#pragma once

#include <base/table.hpp>
#include <etude/value.hpp>
#include <filesystem>
#include <optional>
#include <record/run_record.hpp>
#include <string>
#include <study/headlines.hpp>
#include <vector>

namespace etude {

/// One run's line. What the run does not have (yet) is nothing.
struct ComparedRun {
  std::filesystem::path directory;
  std::string study, label, id, state;
  std::optional<double> parameters, tokens;
  /// The last validation, nats a token, with its 95 % interval.
  std::optional<double> validation_loss, validation_loss_low, validation_loss_high;
  std::optional<double> bits_per_character;
  std::optional<double> test_perplexity, test_perplexity_low, test_perplexity_high;
  std::optional<double> tokens_per_second;       ///< median over the logged steps
  std::optional<double> peak_memory;             ///< bytes
  std::optional<double> wall_seconds;            ///< of training steps and validations, over all parts of an interrupted run
  std::string corpus;                            ///< its fingerprint; runs with the same have the values below in common
  std::string transpositions;                    ///< "-5 -4 ... 6": semitones of the variants in training; "none"
  std::optional<double> unique_training_tokens;  ///< of the training documents without their variants
  std::optional<double> training_tokens;         ///< with them
  std::optional<double> tokens_per_character;    ///< of the validation split, separators included
  std::optional<double> unknown_share;           ///< of its characters, those that the tokenizer does not know
  /// The shares of validation and test documents that have a near twin in training.
  std::optional<double> validation_leakage, test_leakage;
  bool lossy = false;             ///< bits_per_character: the text has characters that the tokenizer does not know
  bool perplexity_lossy = false;  ///< as the metric says
  /// Runs with the same tokens measure losses a token on the same predictions; runs with the same text (its SHA-256) may compare
  /// bits per character.
  std::string same_tokens, same_text;
  Headlines headlines;         ///< of metrics other than perplexity
  std::string text_size;       ///< what stands for the text where a run was recorded without its SHA-256
  bool beside_others = false;  ///< other runs of the study went on at the same time: speed and time compare with nothing
  std::vector<std::pair<std::string, std::string>> axes;  ///< axis and label
  Table experiment;                                       ///< as it was recorded
  std::string cell;                                       ///< runs that differ in nothing but seeds share it (record/cells.hpp)
  WindowTable windows;                                    ///< of the last validation
  std::optional<double> validation_documents, validation_tokens;  ///< of the whole split
};

class Comparison {
 public:
  /// Reads the runs, bringing run.h5 of killed ones up to date. A damaged one is left out with a warning.
  /// @throws Error if none can be read
  static Comparison read(const std::vector<std::filesystem::path>& run_directories);
  explicit Comparison(std::vector<ComparedRun> runs);

  const std::vector<ComparedRun>& runs() const { return runs_; }
  /// Orders the runs by a column or a metric's id, "-name" from the greatest down; runs without a value come last.
  /// @throws Error (usage) naming the columns
  void sort(const std::string& column);

  /// True if the run has the best value of "validation_loss", "bits_per_character" or "test_perplexity". Only runs that are done
  /// compete, values that are lossy never do, and nobody wins where the runs did not predict the same thing.
  /// Of a metric's id: its value is better than all others' and its interval overlaps none of theirs, on the same terms.
  bool best(const ComparedRun& run, const std::string& column) const;

  /// With readable units; the best values carry a star, and what that means stands below. A second table has what metrics found,
  /// where runs have metrics other than perplexity; a third one has one line for each corpus, where there are several or one has
  /// something to know: variants, unknown characters, leakage.
  std::string table() const;
  std::string markdown() const;
  /// Raw numbers; an empty field or null where there is none.
  std::string csv() const;
  std::string json() const;

  /// True if the values of all runs that compete in this column measure the same thing.
  bool comparable(const std::string& column) const;
  /// The label, or what else tells this run from the others.
  std::string name_of(const ComparedRun& run) const;
  /// What stands below the table: stars, and what is not ranked.
  std::vector<std::string> notes() const;
  /// The tables of metrics and of corpora with their notes, after an empty line each; "" where there are none.
  /// @param rows_are  the title of their first column
  std::string further_tables(const std::string& rows_are = "run") const;
  std::string further_markdown(const std::string& rows_are = "run") const;

 private:
  std::vector<std::vector<std::string>> cells(const std::string& before_best, const std::string& after_best) const;
  bool best_of_metric(const ComparedRun& run, const std::string& id) const;
  TextTable metrics(const std::string& rows_are, const std::string& before_best, const std::string& after_best) const;
  std::vector<std::string> metric_notes() const;
  TextTable corpora() const;
  std::vector<ComparedRun> runs_;
};

ComparedRun compared_run(const std::filesystem::path& directory, const RunData& data);

/// The run directories that `path` means: itself, or those in it (a study), or those one folder deeper (a folder of studies).
/// @throws Error if there are none
std::vector<std::filesystem::path> find_runs(const std::filesystem::path& path);

/// The table of these runs in this order; empty if there are none that can be read.
std::string comparison_table(const std::vector<std::filesystem::path>& run_directories);

}  // namespace etude
