#include <algorithm>
#include <analysis/scaling.hpp>
#include <array>
#include <cmath>
#include <nlohmann/json.hpp>
#include <record/study_file.hpp>

namespace etude {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<const char*, Estimate LawFit::*>, 5> estimates = {
    {{"E", &LawFit::E}, {"A", &LawFit::A}, {"B", &LawFit::B}, {"alpha", &LawFit::alpha}, {"beta", &LawFit::beta}}};

Json number(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
Json number(const std::optional<double>& value) { return value ? number(*value) : Json(nullptr); }

Json interval(const Estimate& estimate) {
  return estimate.low ? Json::array({number(estimate.low), number(estimate.high)}) : Json(nullptr);
}

Json of(const Estimate& estimate) {
  return {{"value", number(estimate.value)}, {"low", number(estimate.low)}, {"high", number(estimate.high)}};
}

Json of(const LawParameters& law) {
  return {
      {"E", number(law.E)}, {"A", number(law.A)}, {"B", number(law.B)}, {"alpha", number(law.alpha)}, {"beta", number(law.beta)}};
}

Json of(const LossPoint& point) {
  return {{"run", point.run},
          {"parameters", point.parameters},
          {"tokens", number(point.tokens)},
          {"loss", number(point.loss)},
          {"low", number(point.low)},
          {"high", number(point.high)},
          {"flops", number(point.flops)}};
}

Json of(const LawFit& fit) {
  Json one = {{"form", name(fit.form)}, {"family", fit.family}};
  for (const auto& [key, member] : estimates) one[key] = number((fit.*member).value);
  one["objective"] = number(fit.objective);
  one["n"] = fit.points.size();
  one["intervals"] = Json::object();
  for (const auto& [key, member] : estimates) one["intervals"][key] = interval(fit.*member);
  one["warnings"] = fit.warnings;
  one["r2"] = number(fit.r2);
  one["budget"] = number(fit.budget);
  one["resamples"] = fit.resamples.size();
  one["points"] = Json::array();
  for (std::size_t i = 0; i < fit.points.size(); ++i) {
    one["points"].push_back(of(fit.points[i]));
    one["points"].back()["residual"] = number(fit.residuals[i]);
  }
  one["leave_one_out"] = Json::array();
  for (const auto& left : fit.leave_one_out) {
    one["leave_one_out"].push_back({{"run", left.run}, {"parameters", number(left.parameters)}, {"tokens", number(left.tokens)}});
    one["leave_one_out"].back().update(of(left.law));
  }
  one["held_out"] = nullptr;
  if (const auto& held = fit.held_out)
    one["held_out"] = {{"parameters", held->parameters},
                       {"tokens", number(held->tokens)},
                       {"measured", held->measured},
                       {"predicted", of(held->predicted)},
                       {"relative_error", number(held->relative_error)}};
  return one;
}

Json of(const FamilyAnalysis& family) {
  Json one = {{"family", family.family}, {"best_prediction", nullptr}};
  if (family.best_prediction) one["best_prediction"] = name(*family.best_prediction);
  one["compute_optimal"] = Json::array();
  for (const auto& best : family.optima)
    one["compute_optimal"].push_back({{"flops", best.flops},
                                      {"parameters", of(best.parameters)},
                                      {"tokens", of(best.tokens)},
                                      {"loss", of(best.loss)},
                                      {"in_range", best.in_range}});
  one["isoflop_minima"] = Json::array();
  for (const auto& minimum : family.isoflop)
    one["isoflop_minima"].push_back({{"flops", minimum.flops},
                                     {"parameters", of(minimum.parameters)},
                                     {"tokens", of(minimum.tokens)},
                                     {"loss", of(minimum.loss)},
                                     {"points", minimum.points}});
  return one;
}

Json of(const Crossover& crossover) {
  return {{"first", crossover.first},
          {"second", crossover.second},
          {"form", name(crossover.form)},
          {"tokens", number(crossover.tokens)},
          {"range", {number(crossover.low), number(crossover.high)}},
          {"at", crossover.at ? of(*crossover.at) : Json(nullptr)},
          {"share_of_resamples", crossover.share},
          {"in_words", crossover.in_words}};
}

const char* name_of(LossUnit unit) { return unit == LossUnit::nats_per_token ? "nats_per_token" : "bits_per_character"; }

const char* name_of(ParameterCount counted) {
  switch (counted) {
    case ParameterCount::total:
      return "total";
    case ParameterCount::without_embeddings:
      return "without_embeddings";
    case ParameterCount::body:
      return "body";
  }
  return "";
}

}  // namespace

std::string to_json(const ScalingAnalysis& analysis) {
  Json all = Json::object();
  Json fits = Json::array(), families = Json::array(), crossovers = Json::array();
  for (const auto& family : analysis.families) {
    families.push_back(of(family));
    for (const auto& fit : family.fits) fits.push_back(of(fit));
  }
  for (const auto& crossover : analysis.crossovers) crossovers.push_back(of(crossover));
  // The forms of a family stand in the order of their parameters.
  if (analysis.families.size() == 1) {
    all = fits.back();
    for (const auto& warning : analysis.warnings) all["warnings"].push_back(warning);
  } else {
    all["warnings"] = analysis.warnings;
  }
  all["unit"] = name_of(analysis.points.unit);
  all["counted"] = name_of(analysis.points.counted);
  all["fits"] = std::move(fits);
  all["families"] = std::move(families);
  all["crossovers"] = std::move(crossovers);
  return all.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

void record_fits(const std::filesystem::path& study_directory, const ScalingAnalysis& analysis) {
  update_study_record(study_directory, [&](StudyRecord& record) {
    record.fits = to_json(analysis);
    record.fit_numbers.clear();
    for (const auto& family : analysis.families)
      for (const auto& fit : family.fits) {
        auto& numbers = record.fit_numbers[(family.family.empty() ? "all" : family.family) + "/" + name(fit.form)];
        for (const auto& [key, member] : estimates) {
          const Estimate& estimate = fit.*member;
          if (!std::isnan(estimate.value)) numbers[key] = Scalar{estimate.value, estimate.low, estimate.high};
        }
        numbers["objective"] = Scalar{fit.objective, {}, {}};
        numbers["r2"] = Scalar{fit.r2, {}, {}};
        numbers["n"] = Scalar{static_cast<double>(fit.points.size()), {}, {}};
      }
  });
}

}  // namespace etude
