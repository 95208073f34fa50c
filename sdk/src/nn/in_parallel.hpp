// Loops over independent parts, in several threads where that pays.
#pragma once

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

namespace etude::nn {

/// Calls body(begin, end) with parts of 0 .. size. A thread gets at least half a million multiplications: waking one and waiting
/// for it costs a few microseconds.
/// @param operations  multiplications that one of the `size` costs
template <class Body>
void in_parallel(std::int64_t size, double operations, const Body& body) {
  constexpr double kWorthAThread = 500'000;
  at::parallel_for(0, size, std::max<std::int64_t>(1, static_cast<std::int64_t>(kWorthAThread / operations)), body);
}

}  // namespace etude::nn
