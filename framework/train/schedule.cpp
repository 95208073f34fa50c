#include <cmath>
#include <etude/error.hpp>
#include <numbers>
#include <train/schedule.hpp>

namespace etude {

double Schedule::rate(std::int64_t step) const {
  if (step <= warmup_steps) return peak * static_cast<double>(step) / static_cast<double>(warmup_steps);
  if (kind == "constant" || (kind == "wsd" && step <= stable_steps)) return peak;
  const auto begin = kind == "wsd" ? stable_steps : warmup_steps;
  const double progress = static_cast<double>(step - begin) / static_cast<double>(total_steps - begin);
  if (kind == "linear" || kind == "wsd") return peak + (final - peak) * progress;
  if (kind == "cosine") return final + (peak - final) * 0.5 * (1 + std::cos(std::numbers::pi * progress));
  throw usage_error("unknown schedule " + kind, "it is one of constant, linear, cosine, wsd");
}

}  // namespace etude
