// The time as measurements take it.
#pragma once

#include <chrono>
#include <functional>

namespace etude {

/// Seconds since some moment that stays the same. What measures takes its clock from outside, so that a test can give one that
/// no busy machine disturbs.
using Clock = std::function<double()>;

inline double steady_seconds() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// @param begin  what steady_seconds() said
inline double seconds_since(double begin) { return steady_seconds() - begin; }

}  // namespace etude
