// The keys of the dropout masks.
#include <etude/nn/dropout.hpp>

namespace etude::nn {

namespace {

/// One round of SplitMix64 (Steele, Lea and Flood, 2014): a bijection that spreads every bit of `value` over all of the result.
std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15u;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9u;
  value = (value ^ (value >> 27)) * 0x94d049bb133111ebu;
  return value ^ (value >> 31);
}

}  // namespace

void DropoutSource::begin(std::uint64_t seed, std::int64_t step, std::int64_t first_row) {
  key_ = mix(mix(seed) + static_cast<std::uint64_t>(step));
  calls_ = 0;
  first_row_ = first_row;
}

std::uint64_t DropoutSource::next_call() { return mix(key_ + calls_++); }

}  // namespace etude::nn
