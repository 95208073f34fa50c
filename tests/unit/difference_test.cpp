// How sure differences are, against constructed texts of which the truth is known.
#include <catch.hpp>
#include <cmath>
#include <random>
#include <study/difference.hpp>

using namespace etude;

namespace {

/// Losses of each document's tokens under one model, and what differs from seed to seed.
struct Model {
  std::vector<double> document_loss;
  double seed_shift = 0;
};

/// A text of documents, cut into windows of 128 tokens without regard to where documents end.
struct Text {
  std::vector<std::int64_t> lengths;

  explicit Text(std::vector<std::int64_t> document_lengths) : lengths(std::move(document_lengths)) {}

  std::int64_t tokens() const {
    std::int64_t sum = 0;
    for (const auto length : lengths) sum += length;
    return sum;
  }

  ComparedRun measured(const Model& model, std::mt19937& random, double token_noise) const {
    ComparedRun run;
    std::normal_distribution<double> noise;
    std::size_t document = 0;
    std::int64_t end = lengths[0];
    double sum = 0;
    for (std::int64_t at = 0; at < tokens(); at += 128) {
      while (at >= end) end += lengths[++document];
      const std::int64_t to = std::min(at + 128, tokens());
      run.windows.document.push_back(static_cast<std::int64_t>(document));
      double nats = token_noise * std::sqrt(static_cast<double>(to - at)) * noise(random);
      auto inner = document;
      auto inner_end = end;
      for (auto position = at; position < to; ++position) {
        while (position >= inner_end) inner_end += lengths[++inner];
        nats += model.document_loss[inner] + model.seed_shift;
      }
      run.windows.loss.push_back(nats / static_cast<double>(to - at));
      run.windows.tokens.push_back(to - at);
      run.windows.characters.push_back(2 * (to - at));
      sum += nats;
    }
    run.validation_loss = sum / static_cast<double>(tokens());
    run.bits_per_character = *run.validation_loss / std::log(2.0) / 2;
    run.validation_loss_low = *run.validation_loss - 0.03;
    run.validation_loss_high = *run.validation_loss + 0.03;
    run.validation_documents = static_cast<double>(lengths.size());
    run.validation_tokens = static_cast<double>(tokens());
    run.same_tokens = "tokens";
    run.same_text = "text";
    return run;
  }
};

Difference difference_between(const std::vector<ComparedRun>& ours, const std::vector<ComparedRun>& theirs,
                              Measure measure = Measure::validation_loss) {
  std::vector<ResampledRun> runs;
  for (const auto* side : {&ours, &theirs})
    for (const auto& run : *side) runs.emplace_back(run, measure);
  Matched match;
  for (std::size_t i = 0; i < runs.size(); ++i) (i < ours.size() ? match.ours : match.theirs).push_back(&runs[i]);
  return difference_of({match});
}

/// 40 documents, each of a loss of its own.
const Text even_text(std::vector<std::int64_t>(40, 256));

ComparedRun measured_with(double loss, double spread) {
  Model model;
  for (int i = 0; i < 40; ++i) model.document_loss.push_back(loss + spread * (i % 5 - 2));
  std::mt19937 random(1);
  return even_text.measured(model, random, 0);
}

}  // namespace

TEST_CASE("A difference that every document shows leaves no doubt, however much documents differ") {
  const auto difference = difference_between({measured_with(1.75, 0.4)}, {measured_with(1.5, 0.4)});
  CHECK(difference.value == Approx(0.25));
  CHECK(difference.paired);
  CHECK_FALSE(difference.over_seeds);
  CHECK(*difference.low == Approx(0.25));
  CHECK(*difference.high == Approx(0.25));
  const auto bits = difference_between({measured_with(1.75, 0.4)}, {measured_with(1.5, 0.4)}, Measure::bits_per_character);
  CHECK(bits.value == Approx(0.25 / std::log(2.0) / 2));
  CHECK(*bits.high == Approx(bits.value));
}

TEST_CASE("Runs that measured other windows are not paired: their own intervals add as variances do") {
  auto ours = measured_with(1.75, 0.4), theirs = measured_with(1.5, 0.4);
  theirs.windows.document.assign(theirs.windows.document.size(), 0);
  ours.validation_tokens = theirs.validation_tokens = 1e6;  // the windows are a part of the split
  const auto difference = difference_between({ours}, {theirs});
  CHECK_FALSE(difference.paired);
  CHECK(*difference.high == Approx(0.25 + 0.03 * std::sqrt(2.0)));
  CHECK(*difference.low == Approx(0.25 - 0.03 * std::sqrt(2.0)));
  ours.validation_loss_low.reset();
  CHECK_FALSE(difference_between({ours}, {theirs}).low);
}

TEST_CASE("Windows of other lengths pair where they cover the split") {
  const auto ours = measured_with(1.75, 0.4);
  auto theirs = measured_with(1.5, 0.4);
  WindowTable halves;
  for (std::size_t i = 0; i < theirs.windows.loss.size(); ++i)
    for (int half = 0; half < 2; ++half) {
      halves.loss.push_back(theirs.windows.loss[i]);
      halves.tokens.push_back(64);
      halves.characters.push_back(128);
      halves.document.push_back(theirs.windows.document[i]);
    }
  theirs.windows = halves;
  const auto difference = difference_between({ours}, {theirs});
  CHECK(difference.paired);
  CHECK(*difference.high == Approx(0.25));
}

TEST_CASE("Where the text leaves no doubt, seeds have Student's interval with one variance for both sides") {
  const auto seed = [](double loss) { return measured_with(loss, 0); };
  // Two seeds a side, 0.2 apart: variance 0.02 with 2 degrees of freedom, of which Student's quantile is 4.302653.
  const auto difference = difference_between({seed(1.0), seed(1.2)}, {seed(2.0), seed(2.2)});
  CHECK(difference.value == Approx(-1.0));
  CHECK(difference.over_seeds);
  CHECK(*difference.high == Approx(-1.0 + 4.302653 * std::sqrt(0.02)).epsilon(1e-6));
  // One side has one seed: the other's spread stands for both; 1 degree of freedom, 12.706205.
  const auto lone = difference_between({seed(1.0)}, {seed(2.0), seed(2.2)});
  CHECK(lone.over_seeds);
  CHECK(*lone.low == Approx(-1.1 - 12.706205 * std::sqrt(0.02 * 1.5)).epsilon(1e-6));
}

TEST_CASE("What two sides have in common is matched: sizes that differ do not look like doubt") {
  const auto small = measured_with(2.0, 0.1), large = measured_with(1.0, 0.1);
  const auto small_better = measured_with(1.9, 0.1), large_better = measured_with(0.9, 0.1);
  std::vector<ResampledRun> runs;
  for (const auto* run : {&small_better, &small, &large_better, &large}) runs.emplace_back(*run, Measure::validation_loss);
  const auto difference = difference_of({{{&runs[0]}, {&runs[1]}}, {{&runs[2]}, {&runs[3]}}});
  CHECK(difference.value == Approx(-0.1));
  CHECK(*difference.low == Approx(-0.1));
  CHECK(*difference.high == Approx(-0.1));
}

TEST_CASE("A text of one document tells nothing of others") {
  const Text one({300});
  std::mt19937 random(1);
  auto run = one.measured({{1.5}}, random, 0.5);
  run.validation_loss_low.reset();
  const auto difference = difference_between({run}, {run});
  CHECK(difference.value == 0);
  CHECK_FALSE(difference.low);
}

TEST_CASE("The intervals of differences cover the truth as often as they say") {
  // Documents of quite different lengths and losses, windows across their borders, noise in tokens and between seeds.
  const double truth = 0.1;
  const auto covered = [&](int seeds, double seed_noise, double mean_length) {
    int hits = 0;
    for (unsigned study = 0; study < 200; ++study) {
      std::mt19937 random(study);
      std::normal_distribution<double> normal;
      std::vector<std::int64_t> lengths;
      Model ours, theirs;
      for (int i = 0; i < 200; ++i) {
        lengths.push_back(20 + static_cast<std::int64_t>(mean_length * std::exp(0.7 * normal(random))));
        const double shared = 0.5 * normal(random);
        ours.document_loss.push_back(1.5 + shared + 0.1 * normal(random));
        theirs.document_loss.push_back(1.5 - truth + shared + 0.1 * normal(random));
      }
      const Text text(lengths);
      std::vector<ComparedRun> left, right;
      for (int seed = 0; seed < seeds; ++seed) {
        ours.seed_shift = seed_noise * normal(random);
        theirs.seed_shift = seed_noise * normal(random);
        left.push_back(text.measured(ours, random, 1));
        right.push_back(text.measured(theirs, random, 1));
      }
      const auto difference = difference_between(left, right);
      hits += *difference.low <= truth && truth <= *difference.high;
    }
    return hits / 200.0;
  };
  for (const double share : {covered(1, 0, 60), covered(1, 0, 300), covered(3, 0.02, 120)}) {
    CHECK(share >= 0.90);
    CHECK(share <= 0.98);
  }
}
