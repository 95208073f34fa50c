// What scaling laws are fitted to: losses with the size and the data that led to them.
#pragma once

#include <filesystem>
#include <limits>
#include <optional>
#include <record/run_record.hpp>
#include <span>
#include <string>
#include <vector>

namespace etude {

/// Which parameters N counts.
enum class ParameterCount { total, without_embeddings, body };

/// In what the loss is measured. Nats per token compare only where the tokens are the same.
enum class LossUnit { nats_per_token, bits_per_character };

/// One measured loss.
struct LossPoint {
  std::string run;     ///< its label, or "row 17" of a file
  std::string family;  ///< "gpt"; empty: all points are one family
  std::string cell;    ///< points that differ in nothing but seeds share it, and are resampled together
  double parameters = 0;
  double tokens = std::numeric_limits<double>::quiet_NaN();  ///< of the training; NaN: not known
  double loss = 0;
  std::optional<double> low{}, high{};                      ///< the measurement's own 95 % interval
  double flops = std::numeric_limits<double>::quiet_NaN();  ///< of the training; 6 N D where nothing better is known
};

struct PointSet {
  std::vector<LossPoint> points;
  ParameterCount counted = ParameterCount::total;
  LossUnit unit = LossUnit::nats_per_token;
  std::vector<std::string> warnings{};  ///< what was left out, and why
};

struct PointOptions {
  ParameterCount counted = ParameterCount::total;
  LossUnit unit = LossUnit::nats_per_token;
  /// Axes whose points are families of their own, beside the architectures: "tokenizer".
  std::vector<std::string> families{};
};

/// "gpt": the id that the run's provenance has of its architecture; empty if it has none.
std::string architecture_of(const RunData& data);

/// The last validation of each finished run; a family for each architecture. Runs that are unfinished, failed or without a loss
/// are left out with a warning, and those of one size and budget that differ in more than seeds get one.
/// @throws Error (usage) if nats per token are asked for and the runs do not predict the same tokens (it offers bits per
/// character), if bits per character are and their texts differ, or an axis of `families` is none of theirs
PointSet points_of_runs(std::span<const RunData* const> runs, const PointOptions& options);

/// Reads them first; damaged ones are left out with a warning too.
PointSet points_of_runs(const std::vector<std::filesystem::path>& runs, const PointOptions& options);

/// A condition on the rows of a table: "outlier=False", "loss<3.2", "name!=a".
struct RowCondition {
  std::string column, comparison, value;  ///< comparison: = != < <= > >=
};

/// @throws Error (usage) if `text` is none
RowCondition row_condition(const std::string& text);

/// A table with columns for N, D and the loss.
struct PointColumns {
  std::string parameters, loss;
  std::string tokens{};               ///< empty: 6 N D is `flops`, or D is not known where that is empty too
  std::string flops{};                ///< of the training; empty: 6 N D
  std::string family{};               ///< a column that tells families apart; empty: one family
  std::vector<RowCondition> where{};  ///< rows that fail one are left out
};

/// Points from CSV with a line of titles (RFC 4180). Rows without a loss are left out with a warning.
/// @throws Error (usage) naming the columns that there are, or the line of a value that is no number, or that no row is left
PointSet points_of_csv(const std::filesystem::path& file, const PointColumns& columns);

}  // namespace etude
