#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <etude/random.hpp>
#include <numbers>
#include <numeric>
#include <study/difference.hpp>

namespace etude {
namespace {

constexpr double normal_95 = 1.959963984540054;

/// Nats or bits, and what they are divided by, of one piece of the text.
struct Piece {
  double loss = 0, units = 0;
};

/// A window counts to the document that it begins in, though it ends in a later one. Where that makes much of a document, pieces
/// of several documents keep what stands on both sides of a border small; fewer than 50 pieces would tell the variance too badly,
/// and more than 400 would tell it no better.
std::int64_t documents_a_piece(std::int64_t documents) {
  return std::max(std::clamp<std::int64_t>(documents / 50, 1, 8), documents / 400);
}

std::vector<Piece> pieces_of(const ComparedRun& run, Measure measure) {
  const WindowTable& windows = run.windows;
  const std::size_t count =
      std::min({windows.loss.size(), windows.tokens.size(), windows.characters.size(), windows.document.size()});
  std::int64_t documents = static_cast<std::int64_t>(run.validation_documents.value_or(0));
  for (std::size_t i = 0; i < count; ++i) documents = std::max(documents, windows.document[i] + 1);
  if (documents < 1) return {};
  const std::int64_t each = documents_a_piece(documents);
  std::vector<Piece> pieces(static_cast<std::size_t>((documents + each - 1) / each));
  for (std::size_t i = 0; i < count; ++i) {
    if (windows.document[i] < 0) continue;
    Piece& piece = pieces[static_cast<std::size_t>(windows.document[i] / each)];
    const double nats = windows.loss[i] * static_cast<double>(windows.tokens[i]);
    const bool bits = measure == Measure::bits_per_character;
    piece.loss += bits ? nats / std::numbers::ln2 : nats;
    piece.units += static_cast<double>(bits ? windows.characters[i] : windows.tokens[i]);
  }
  return pieces;
}

std::vector<double> drawn(const std::vector<Piece>& pieces) {
  std::vector<double> values;
  if (pieces.size() < 2) return values;
  for (int draw = 0; draw < ResampledRun::resamples; ++draw) {
    Piece sum;
    const std::uint64_t key = random_bits(1, Purpose::bootstrap, draw, 0);
    for (std::size_t i = 0; i < pieces.size(); ++i) {
      const Piece& piece = pieces[random_below(mix_bits(key + i), pieces.size())];
      sum.loss += piece.loss;
      sum.units += piece.units;
    }
    values.push_back(sum.units > 0 ? sum.loss / sum.units : std::numeric_limits<double>::quiet_NaN());
  }
  if (!std::all_of(values.begin(), values.end(), [](double value) { return std::isfinite(value); })) values.clear();
  return values;
}

double mean(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

double sum_of_squares(const std::vector<double>& values) {
  const double middle = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - middle) * (value - middle);
  return sum;
}

/// A variance, and how many independent deviations told it.
struct Variance {
  double value = 0, degrees = 0;
};

/// A run with its share in the difference: 1 / (runs of its side x matches), negative for theirs.
struct Weighted {
  const ResampledRun* run;
  double weight;
};

std::vector<Weighted> weighted(const std::vector<Matched>& matched) {
  std::vector<Weighted> all;
  const auto add = [&](const std::vector<const ResampledRun*>& side, double sign) {
    for (const auto* run : side)
      all.push_back({run, sign / static_cast<double>(side.size()) / static_cast<double>(matched.size())});
  };
  for (const auto& match : matched) {
    add(match.ours, 1);
    add(match.theirs, -1);
  }
  return all;
}

bool same_text(const std::vector<Weighted>& runs) {
  return std::all_of(runs.begin(), runs.end(),
                     [&](const auto& one) { return !one.run->draws().empty() && one.run->pairs_with(*runs.front().run); });
}

Variance over_documents(const std::vector<Weighted>& runs) {
  std::vector<double> differences(ResampledRun::resamples);
  for (const auto& [run, weight] : runs)
    for (std::size_t i = 0; i < differences.size(); ++i) differences[i] += weight * run->draws()[i];
  return {sum_of_squares(differences) / (ResampledRun::resamples - 1), static_cast<double>(runs.front().run->pieces()) - 1};
}

/// From the runs' own intervals, as if each had measured a text of its own; nothing where a run has none.
std::optional<Variance> unpaired(const std::vector<Weighted>& runs) {
  Variance variance{0, std::numeric_limits<double>::infinity()};
  for (const auto& [run, weight] : runs) {
    const auto &low = run->run().validation_loss_low, &high = run->run().validation_loss_high, &loss = run->run().validation_loss;
    if (!low || !high || !loss) return std::nullopt;
    // The interval is of nats a token; that of bits per character is in the same proportion to its value.
    const double half = (*high - *low) / 2 * run->value() / *loss;
    variance.value += std::pow(weight * half / normal_95, 2);
  }
  return variance;
}

std::optional<Variance> over_seeds(const std::vector<Matched>& matched) {
  double squares = 0, degrees = 0, shares = 0;
  const auto add = [&](const std::vector<const ResampledRun*>& side) {
    std::vector<double> values;
    for (const auto* run : side) values.push_back(run->value());
    squares += sum_of_squares(values);
    degrees += static_cast<double>(values.size()) - 1;
    shares += 1 / static_cast<double>(values.size());
  };
  for (const auto& match : matched) {
    add(match.ours);
    add(match.theirs);
  }
  if (degrees < 1) return std::nullopt;
  return Variance{squares / degrees * shares / std::pow(static_cast<double>(matched.size()), 2), degrees};
}

double half_width(const Variance& one, const Variance& other) {
  const double all = one.value + other.value;
  if (all <= 0) return 0;
  double inverse = 0;
  for (const Variance& part : {one, other})
    if (part.value > 0) inverse += part.value * part.value / part.degrees;
  const double degrees = all * all / inverse;
  const double t = std::isfinite(degrees) ? boost::math::quantile(boost::math::students_t(degrees), 0.975) : normal_95;
  return t * std::sqrt(all);
}

}  // namespace

std::optional<double> value_of(const ComparedRun& run, Measure measure) {
  return measure == Measure::validation_loss ? run.validation_loss : run.bits_per_character;
}

ResampledRun::ResampledRun(const ComparedRun& run, Measure measure)
    : run_(&run), measure_(measure), value_(value_of(run, measure).value_or(std::numeric_limits<double>::quiet_NaN())) {
  const auto pieces = pieces_of(run, measure);
  pieces_ = pieces.size();
  draws_ = drawn(pieces);
}

bool ResampledRun::pairs_with(const ResampledRun& other) const {
  if (pieces_ != other.pieces_) return false;
  if (measure_ == Measure::bits_per_character) return run_->same_text == other.run_->same_text;
  if (run_->same_tokens != other.run_->same_tokens) return false;
  // Windows of other lengths predict the same tokens only where they cover the split.
  const auto& windows = run_->windows;
  const auto predicted = std::accumulate(windows.tokens.begin(), windows.tokens.end(), std::int64_t{0});
  const bool all = run_->validation_tokens && static_cast<double>(predicted) == *run_->validation_tokens;
  return all || (windows.tokens == other.run_->windows.tokens && windows.document == other.run_->windows.document);
}

Difference difference_of(const std::vector<Matched>& matched) {
  const auto runs = weighted(matched);
  Difference difference;
  for (const auto& [run, weight] : runs) difference.value += weight * run->value();
  difference.paired = same_text(runs);
  const auto text = difference.paired ? std::optional(over_documents(runs)) : unpaired(runs);
  if (!text) return difference;
  const auto seeds = over_seeds(matched);
  difference.over_seeds = seeds.has_value();
  const double half = half_width(*text, seeds.value_or(Variance{}));
  difference.low = difference.value - half;
  difference.high = difference.value + half;
  return difference;
}

}  // namespace etude
