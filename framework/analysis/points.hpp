// What scaling laws are fitted to: losses with the size and the data that led to them.
#pragma once

#include <filesystem>
#include <limits>
#include <map>
#include <optional>
#include <record/run_record.hpp>
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
  double parameters = 0, tokens = 0;
  double loss = 0;
  std::optional<double> low, high;                          ///< the measurement's own 95 % interval
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
};

/// The last validation of each finished run. Unfinished and damaged runs are left out with a warning.
/// @throws Error (usage) if nats per token are asked for and the runs do not predict the same tokens; it offers bits per
/// character
PointSet points_of_runs(const std::vector<std::filesystem::path>& runs, const PointOptions& options);

/// A table with columns for N, D and the loss.
struct PointColumns {
  std::string parameters, tokens, loss;
  std::string family{};                                      ///< a column that tells families apart; empty: one family
  std::vector<std::pair<std::string, std::string>> where{};  ///< column, value: rows with other values are left out
};

/// @throws Error (usage) naming the columns that there are, or the line of a value that is no number
PointSet points_of_csv(const std::filesystem::path& file, const PointColumns& columns);

}  // namespace etude
