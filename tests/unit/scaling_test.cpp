#include <analysis/conclusions.hpp>
#include <catch.hpp>
#include <nlohmann/json.hpp>
#include <record/study_file.hpp>
#include <temporary_directory.hpp>
#include <unit/made_points.hpp>

namespace etude {
namespace {

using testing::Design;
using testing::fit_of;
using testing::law_for;
using testing::options_of;
using testing::point_at;
using testing::points_on;

PointSet set_of(std::vector<LossPoint> points) {
  PointSet set;
  set.points = std::move(points);
  return set;
}

PointSet two_families(const testing::TrueLaw& first, const testing::TrueLaw& second, const Design& design) {
  auto points = points_on(first, design, 1, "gpt");
  for (auto& point : points_on(second, design, 2, "lstm")) points.push_back(point);
  return set_of(std::move(points));
}

std::string error_of(std::vector<LossPoint> points, const ScalingOptions& options) {
  try {
    analyse(set_of(std::move(points)), options);
  } catch (const Error& error) {
    CHECK(error.fault() == Fault::usage);
    return error.what();
  }
  return "nothing";
}

}  // namespace

TEST_CASE("Forms that know no data are fitted at the largest budget that has all sizes") {
  const Design design{5, 3, 1};
  const auto law = law_for(design, 1, 0.5, 0.4, 0.5, 0.3);
  auto points = points_on(law, design);
  // One model alone has seen more.
  points.push_back(point_at(1e5, 1e9, law.loss(1e5, 1e9), "longest"));
  const auto fit = fit_of(points, Form::offset);
  CHECK(fit.points.size() == 5);
  CHECK(fit.budget == Approx(1.6e7));
  CHECK(fit.law.alpha == Approx(0.4).epsilon(1e-6));
  CHECK(fit.law.E == Approx(1 + 0.5 * std::pow(1.6e7 / law.middle_budget, -0.3)).epsilon(1e-6));
}

TEST_CASE("The form that predicts the held-out largest model best is named") {
  const Design design{6, 4, 1};
  const auto analysis = analyse(set_of(points_on(law_for(design, 1, 0.5, 0.4, 0.5, 0.3), design)), {.resamples = 0});
  REQUIRE(analysis.families.at(0).fits.size() == 3);
  for (const auto& fit : analysis.families[0].fits) {
    CHECK(fit.held_out.value().parameters == Approx(1e5 * 1024));
    CHECK(fit.held_out->tokens == Approx(6.4e7));
  }
  // Both laws with a floor are exact here; the line is not.
  CHECK(analysis.families[0].best_prediction != Form::power);
  CHECK(std::abs(analysis.families[0].fits[0].held_out->relative_error) > 0.01);
  CHECK(std::abs(analysis.families[0].fits[2].held_out->relative_error) < 1e-6);
}

TEST_CASE("The best N and D for a budget are those that a search finds") {
  const Design design{6, 4, 1};
  const auto law = law_for(design, 1, 0.5, 0.45, 0.6, 0.3);
  auto options = options_of(Form::chinchilla);
  options.budgets = {6e14};
  const auto best = analyse(set_of(points_on(law, design)), options).families.at(0).optima.at(0);
  double lowest = 1e9, at = 0;
  for (double n = 1e5; n < 1e8; n *= 1.001)
    if (const double loss = law.loss(n, 6e14 / (6 * n)); loss < lowest) {
      lowest = loss;
      at = n;
    }
  CHECK(best.parameters.value == Approx(at).epsilon(1e-3));
  CHECK(best.tokens.value == Approx(6e14 / (6 * at)).epsilon(1e-3));
  CHECK(best.loss.value == Approx(lowest).epsilon(1e-6));
  CHECK(best.in_range);
  options.budgets = {1e25};
  CHECK_FALSE(analyse(set_of(points_on(law, design)), options).families.at(0).optima.at(0).in_range);
}

TEST_CASE("IsoFLOP minima are the vertices of parabolas in log N") {
  std::vector<LossPoint> points;
  const auto add = [&](double flops, double best, double n) {
    const double x = std::log(n / best);
    points.push_back(point_at(n, flops / (6 * n), 2 * std::exp(0.02 * x * x), std::to_string(flops) + std::to_string(n)));
  };
  for (const double factor : {0.25, 0.5, 1.0, 2.0, 4.0}) {
    add(6e15, 1e6, 1.1e6 * factor);
    add(6e16, 3e6, 2.5e6 * factor);
  }
  add(6e17, 1e7, 1e7);  // a single point has no minimum
  add(6e18, 1e6, 1e7);  // the minimum is not between these
  add(6e18, 1e6, 2e7);
  add(6e18, 1e6, 4e7);
  const auto minima = isoflop_minima(points, {.resamples = 50});
  REQUIRE(minima.size() == 2);
  CHECK(minima[0].flops == Approx(6e15));
  CHECK(minima[0].parameters.value == Approx(1e6));
  CHECK(minima[0].tokens.value == Approx(1e9));
  CHECK(minima[0].loss.value == Approx(2));
  CHECK(minima[0].points == 5);
  CHECK(minima[1].parameters.value == Approx(3e6));
}

TEST_CASE("The crossover of two families is where their laws are equal, with an interval") {
  // At every budget equal where 0.5 (N/m)^-0.5 = 0.3 (N/m)^-0.2: (N/m)^0.3 = 5/3.
  const Design design{6, 3, 2, 0.002};
  const auto first = law_for(design, 1, 0.5, 0.5, 0.4, 0.3), second = law_for(design, 1, 0.3, 0.2, 0.4, 0.3);
  auto options = options_of(Form::chinchilla, 100);
  const auto crossing = analyse(two_families(first, second, design), options).crossovers.at(0);
  const double truth = first.middle_size * std::pow(5.0 / 3, 1 / 0.3);
  REQUIRE(crossing.at);
  CHECK(crossing.at->value == Approx(truth).epsilon(0.25));
  CHECK(crossing.share == Approx(1).margin(0.05));
  CHECK(*crossing.at->low < truth);
  CHECK(truth < *crossing.at->high);
  CHECK_THAT(crossing.in_words, Catch::Contains("gpt and lstm cross at"));
}

TEST_CASE("Families that do not cross in range are told so, with the better one") {
  const Design design{6, 3, 2, 0.002};
  const auto first = law_for(design, 1, 0.5, 0.4, 0.4, 0.3), second = law_for(design, 1, 0.4, 0.4, 0.3, 0.3);
  const auto analysis = analyse(two_families(first, second, design), {.resamples = 60});
  REQUIRE(analysis.crossovers.size() == 3);
  for (const auto& crossing : analysis.crossovers) {
    CHECK_FALSE(crossing.at);
    CHECK_THAT(crossing.in_words,
               Catch::Contains("no crossover from 100 k to 102 M parameters: lstm is better than gpt throughout"));
  }
}

TEST_CASE("A winner whom the resamples do not confirm is not established") {
  // The same law for both, and noise: who is ahead is chance.
  const Design design{6, 1, 2, 0.02};
  const auto law = law_for(design, 0, 1, 0.1, 0, 1);
  const auto crossing = analyse(two_families(law, law, design), options_of(Form::power, 200)).crossovers.at(0);
  CHECK(crossing.share < 0.95);
  CHECK_THAT(crossing.in_words, Catch::Contains("not establish"));
}

TEST_CASE("Losses that are all the same give no line of numbers that are none") {
  std::vector<LossPoint> same;
  for (const double size : {1e5, 2e5, 4e5, 8e5, 16e5}) same.push_back(point_at(size, 1e8, 3, std::to_string(size)));
  const auto words = to_text(analyse(set_of(same), {.resamples = 60}));
  CHECK_THAT(words, Catch::Contains("does not fall with size: alpha says nothing"));
  CHECK_THAT(words, !Catch::Contains("inf") && !Catch::Contains("nan") && !Catch::Contains("driven"));
}

TEST_CASE("Without resamples nothing stands in brackets, and nothing is said of them") {
  CHECK_THAT(to_text(analyse(testing::published_gpts(), {.resamples = 0})), !Catch::Contains("In brackets"));
  // The line has an interval, the law with a floor has as many parameters as there are points.
  const auto& all = testing::published_gpts().points;
  CHECK_THAT(to_text(analyse(set_of({all[0], all[1], all[2]}), {.resamples = 60})), Catch::Contains("95 % of 60 resamples"));
}

TEST_CASE("Families of other sizes have no range in common") {
  auto small = points_on(law_for({}, 1, 0.5, 0.4, 0.4, 0.3), {3, 1, 1}, 1, "gpt");
  for (auto& point : points_on(law_for({}, 1, 0.5, 0.4, 0.4, 0.3), {3, 1, 1}, 1, "lstm")) {
    point.parameters *= 1e4;
    small.push_back(point);
  }
  CHECK_THAT(analyse(set_of(small), options_of(Form::power)).crossovers.at(0).in_words, Catch::Contains("no sizes in common"));
}

TEST_CASE("What no form can be fitted to is an error that says why") {
  const auto same = std::vector{point_at(1e6, 1e8, 1.5, "a"), point_at(1e6, 2e8, 1.4, "b"), point_at(1e6, 3e8, 1.3, "c")};
  CHECK_THAT(error_of(same, {}), Catch::Contains("no power fit: all points have the same N"));
  CHECK_THAT(error_of({point_at(1e6, 1e8, 1.5, "a")}, {}), Catch::Contains("no power fit: 1 point for 2 parameters"));
  CHECK_THAT(error_of(testing::published_gpts().points, options_of(Form::chinchilla)), Catch::Contains("one token budget"));
  CHECK_THAT(error_of({}, {}), Catch::Contains("no points to fit"));
  CHECK_THAT(error_of({point_at(1e6, 1e8, 0, "zero"), point_at(2e6, 1e8, 1, "b")}, {}), Catch::Contains("zero: the loss is 0"));
}

TEST_CASE("A form that the points do not allow is told of, and the others are fitted") {
  const auto analysis = analyse(testing::published_gpts(), {.resamples = 0});
  CHECK(analysis.families.at(0).fits.size() == 2);
  CHECK_THAT(analysis.warnings.at(0), Catch::Contains("no chinchilla fit: one token budget"));
}

TEST_CASE("The JSON has the keys of the fit at its top where there is one family") {
  const Design design{5, 3, 2, 0.005};
  const auto points = set_of(points_on(law_for(design, 1, 0.5, 0.4, 0.5, 0.3), design));
  const auto analysis = analyse(points, {.resamples = 60});
  const auto json = nlohmann::json::parse(to_json(analysis));
  for (const char* key : {"form", "E", "A", "B", "alpha", "beta", "objective", "n", "intervals", "warnings"})
    CHECK(json.contains(key));
  CHECK(json["form"] == "chinchilla");
  CHECK(json["n"] == 30);
  CHECK(json["alpha"] == analysis.families[0].fits[2].law.alpha);
  CHECK(json["intervals"]["alpha"][0].get<double>() < json["alpha"].get<double>());
  CHECK(json["fits"].size() == 3);
  CHECK(json["fits"][0]["E"].is_null());
  CHECK(json["fits"][1]["held_out"]["relative_error"].is_number());
  CHECK(json["families"][0]["compute_optimal"][0]["parameters"]["value"].is_number());
  const auto two = nlohmann::json::parse(to_json(analyse(
      two_families(law_for(design, 1, 0.5, 0.4, 0.5, 0.3), law_for(design, 1, 0.4, 0.4, 0.5, 0.3), design), {.resamples = 0})));
  CHECK_FALSE(two.contains("form"));
  CHECK(two["fits"].size() == 6);
  CHECK(two["crossovers"].size() == 3);
}

TEST_CASE("The text says what was fitted, what it predicts, and what it warns of") {
  const auto words = to_text(analyse(testing::published_gpts(), {.resamples = 100}));
  CHECK_THAT(words, Catch::Contains("all points: 5 points, 5 sizes (830 k to 114 M), 1 token budget (100 M)") &&
                        Catch::Contains("0.08282 (") && Catch::Contains("1.230e+05 (") && Catch::Contains("-8.98 %") &&
                        Catch::Contains("+2.74 %") && Catch::Contains("offset predicts the largest best") &&
                        Catch::Contains("! power: alpha is driven by one point: without tiny it is 0.03824, with it 0.08282"));
}

TEST_CASE("Fits go into study.h5 beside what stands there") {
  testing::TemporaryDirectory temporary;
  StudyRecord record;
  record.study = "sizes";
  record.planned = {{"tiny", "tiny-1", true}};
  write_study_record(temporary.path(), record);
  const auto analysis = analyse(testing::published_gpts(), {.resamples = 60});
  record_fits(temporary.path(), analysis);
  const auto read = read_study_record(temporary.path());
  CHECK(read.planned.at(0).label == "tiny");
  CHECK(nlohmann::json::parse(read.fits)["form"] == "offset");
  const Scalar alpha = read.fit_numbers.at("all/power").at("alpha");
  CHECK(alpha.value == analysis.families[0].fits[0].law.alpha);
  CHECK(alpha.low == analysis.families[0].fits[0].alpha.low);
}

}  // namespace etude
