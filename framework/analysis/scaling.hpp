// Scaling laws fitted to points, what they predict, and what the points cannot tell.
#pragma once

#include <analysis/points.hpp>
#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace etude {

/// power: L = (A/N)^alpha, a line in log-log. offset: L = E + (A/N)^alpha. chinchilla: L = E + A/N^alpha + B/D^beta.
enum class Form { power, offset, chinchilla };

/// lbfgs: L-BFGS from many starts. projection: a grid over the exponents, the rest by linear solves (variable projection), then
/// refined.
enum class FitMethod { lbfgs, projection };

/// "power", "offset", "chinchilla".
const char* name(Form form);

/// A number with its 95 % bootstrap interval, where there is one.
struct Estimate {
  double value = std::numeric_limits<double>::quiet_NaN();
  std::optional<double> low{}, high{};
};

/// What a form does not have is NaN.
struct LawParameters {
  double E = std::numeric_limits<double>::quiet_NaN(), A = E, B = E, alpha = E, beta = E;
  double log_A = E, log_B = E;  ///< numbers also where A and B are too large or too small for one; NaN: those of A and B
};

/// The loss that a law gives for N parameters and D tokens.
double loss_of(Form form, const LawParameters& law, double parameters, double tokens);

/// The fit without one cell: one run, or runs that differ in nothing but seeds.
struct LeftOut {
  std::string run;  ///< the label of the cell's first run
  double parameters = 0, tokens = 0;
  LawParameters law;  ///< fitted without it
};

/// The largest model of the family, predicted by a fit to all others.
struct HeldOut {
  double parameters = 0, tokens = 0, measured = 0;
  Estimate predicted;
  double relative_error = 0;  ///< predicted / measured - 1
};

struct LawFit {
  Form form = Form::power;
  std::string family;
  std::vector<LossPoint> points;  ///< that it was fitted to
  /// Of power and offset, which know no data: the token budget of all the points. NaN: points of several budgets, or not known.
  double budget = std::numeric_limits<double>::quiet_NaN();
  LawParameters law;
  Estimate E, A, B, alpha, beta;
  double objective = 0;                ///< sum of squares of log residuals, or of their Huber terms (chinchilla)
  double r2 = 0;                       ///< in log space
  std::vector<double> residuals;       ///< log measured - log predicted, one a point
  std::vector<LeftOut> leave_one_out;  ///< empty beyond 500 cells, of which none is that important
  std::optional<HeldOut> held_out;
  std::vector<LawParameters> resamples;  ///< the law of each bootstrap resample
  std::vector<std::string> warnings;     ///< in plain words

  /// With the band of the resamples.
  Estimate predict(double parameters, double tokens) const;
};

/// Where two families have the same loss, at one token budget or over all parameters.
struct Crossover {
  std::string first, second;
  Form form = Form::power;
  double tokens = 0;           ///< of the budget that the curves are compared at
  double low = 0, high = 0;    ///< parameters for which both families have points
  std::optional<Estimate> at;  ///< parameters; nothing: none in that range
  double share = 0;            ///< of the resamples in which the curves cross in that range
  std::string in_words;
};

/// The best N and D for a budget C of training FLOPs, C = k N D with the runs' own k.
struct Optimum {
  std::string family;
  double flops = 0;
  Estimate parameters, tokens, loss;
  bool in_range = true;  ///< false: more or fewer parameters or tokens than any of the points
};

/// The lowest loss among runs of nearly the same FLOPs: the vertex of a parabola in log N.
struct IsoflopMinimum {
  std::string family;
  double flops = 0;
  Estimate parameters, tokens, loss;
  std::size_t points = 0;
};

struct FamilyAnalysis {
  std::string family;
  std::vector<LawFit> fits;               ///< those of the forms asked for that the points allow
  std::optional<Form> best_prediction{};  ///< the form that predicts the held-out model best
  std::vector<Optimum> optima{};
  std::vector<IsoflopMinimum> isoflop{};
};

struct ScalingAnalysis {
  PointSet points;
  std::vector<FamilyAnalysis> families;
  std::vector<Crossover> crossovers;
  std::vector<std::string> warnings;  ///< of the whole: points left out, forms that could not be fitted
};

struct ScalingOptions {
  std::vector<Form> forms{};  ///< empty: all that the points allow
  FitMethod method = FitMethod::lbfgs;
  int resamples = 1000;
  std::uint64_t seed = 1;
  int threads = 1;
  std::vector<double> budgets{};  ///< training FLOPs for which the best N and D are asked; empty: the largest of the points
};

/// @throws Error (usage) if there are fewer points than parameters for every form asked for, all N are equal, or a loss is not
/// positive
ScalingAnalysis analyse(const PointSet& points, const ScalingOptions& options);

/// What `etude fit` prints: parameters with intervals, predictions, warnings.
std::string to_text(const ScalingAnalysis& analysis);
/// For machines: `fits`, each with form, E, A, B, alpha, beta, objective, n, intervals, warnings ... Of one family, the keys of
/// the form with most parameters stand at the top level too.
std::string to_json(const ScalingAnalysis& analysis);

/// Puts the fits into study.h5, in place of those that were there.
/// @throws Error if it cannot be written
void record_fits(const std::filesystem::path& study_directory, const ScalingAnalysis& analysis);

}  // namespace etude
