// The learning rate as a function of the step.
#pragma once

#include <cstdint>
#include <string>

namespace etude {

/// Linear warm-up from peak / warmup_steps to peak, then constant, or linear or cosine decay that reaches `final` at the last
/// step.
struct Schedule {
  std::string kind = "constant";  ///< constant, linear, cosine
  double peak = 3e-4;
  double final = 0;
  std::int64_t warmup_steps = 0;
  std::int64_t total_steps = 1;

  /// @param step  1 .. total_steps
  double rate(std::int64_t step) const;
};

}  // namespace etude
