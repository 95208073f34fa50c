// The learning rate as a function of the step.
#pragma once

#include <cstdint>
#include <string>

namespace etude {

/// Linear warm-up from peak / warmup_steps to peak, then constant, or linear or cosine decay that reaches `final` at the last
/// step; or warm-up, stable, decay (Hu et al., 2024): constant until the step stable_steps, then linear decay.
struct Schedule {
  std::string kind = "constant";  ///< constant, linear, cosine, wsd
  double peak = 3e-4;
  double final = 0;
  std::int64_t warmup_steps = 0;
  std::int64_t total_steps = 1;
  std::int64_t stable_steps = 0;  ///< wsd: the last step at the peak

  /// @param step  1 .. total_steps
  double rate(std::int64_t step) const;
};

}  // namespace etude
