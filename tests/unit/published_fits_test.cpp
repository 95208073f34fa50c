// The fits of published points, in ../shared/fits, whose README.md has the numbers.
#include <algorithm>
#include <analysis/scaling.hpp>
#include <catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <unit/made_points.hpp>

namespace etude {
namespace {

namespace fs = std::filesystem;

fs::path shared_table(const std::string& name) { return fs::path(std::getenv("ETUDE_SHARED")) / "fits" / name; }

PointColumns columns_of_figure() {
  PointColumns columns;
  columns.parameters = "Model Size";
  columns.flops = "Training FLOP";
  columns.loss = "loss";
  return columns;
}

const char* const figure = "epoch_chinchilla_svg_extracted_data.csv";

}  // namespace

TEST_CASE("The points of a figure of Hoffmann et al. give the numbers of those who replicated its fit") {
  if (!fs::exists(shared_table(figure))) SKIP(shared_table(figure).string() + " is not there");
  auto set = points_of_csv(shared_table(figure), columns_of_figure());
  REQUIRE(set.points.size() == 245);
  const auto all = testing::fit_of(set.points, Form::chinchilla);
  CHECK(all.law.E == Approx(1.891).margin(5e-4));
  CHECK(all.law.alpha == Approx(0.349).margin(5e-4));
  CHECK(all.law.beta == Approx(0.453).margin(5e-4));

  std::sort(set.points.begin(), set.points.end(), [](const auto& a, const auto& b) { return a.loss < b.loss; });
  set.points.resize(240);
  auto options = testing::options_of(Form::chinchilla, 200);
  options.method = GENERATE(FitMethod::lbfgs, FitMethod::projection);
  const auto fit = testing::fit_of(set.points, options);
  CHECK(fit.law.A == Approx(477.83).margin(5e-3));
  CHECK(fit.law.B == Approx(2143.4).margin(5e-2));
  CHECK(fit.law.E == Approx(1.81722).margin(5e-6));
  CHECK(fit.law.alpha == Approx(0.34731).margin(5e-6));
  CHECK(fit.law.beta == Approx(0.36717).margin(5e-6));
  CHECK(fit.objective == Approx(0.0010182740).margin(5e-11));

  // Standard deviations of 200 resamples, roughly: their own scatter is a twentieth, and outliers of B more.
  const auto deviation = [&](double LawParameters::*member) {
    double mean = 0, squares = 0;
    for (const auto& law : fit.resamples) mean += law.*member / 200;
    for (const auto& law : fit.resamples) squares += (law.*member - mean) * (law.*member - mean) / 199;
    return std::sqrt(squares);
  };
  REQUIRE(fit.resamples.size() == 200);
  CHECK(deviation(&LawParameters::E) == Approx(0.026).epsilon(0.25));
  CHECK(deviation(&LawParameters::alpha) == Approx(0.014).epsilon(0.25));
  CHECK(deviation(&LawParameters::beta) == Approx(0.021).epsilon(0.25));
  CHECK(deviation(&LawParameters::A) == Approx(110).epsilon(0.35));
}

TEST_CASE("Many runs that saw many tokens a parameter fit one law closely") {
  const auto file = shared_table("mlfoundations_overtraining_104.csv");
  if (!fs::exists(file)) SKIP(file.string() + " is not there");
  PointColumns columns;
  columns.parameters = "params";
  columns.tokens = "tokens";
  columns.loss = "c4_val";
  columns.family = "dataset";
  const auto analysis = analyse(points_of_csv(file, columns), testing::options_of(Form::chinchilla));
  REQUIRE(analysis.families.size() == 3);
  for (const auto& family : analysis.families) CHECK(family.fits.at(0).r2 > 0.98);
}

TEST_CASE("Experiments at fixed compute have their minima, outliers aside") {
  const auto file = shared_table("openathena_isoflops.csv");
  if (!fs::exists(file)) SKIP(file.string() + " is not there");
  PointColumns columns;
  columns.parameters = "params";
  columns.tokens = "tokens";
  columns.flops = "budget";
  columns.loss = "loss";
  columns.family = "experiment";
  columns.where = {row_condition("outlier=False")};
  const auto analysis = analyse(points_of_csv(file, columns), testing::options_of(Form::chinchilla));
  REQUIRE(analysis.families.size() == 8);
  for (const auto& family : analysis.families) {
    CHECK(family.isoflop.size() >= 4);
    for (const auto& minimum : family.isoflop) CHECK(minimum.points >= 3);
  }
}

}  // namespace etude
