// About how often a word occurs, in fixed memory: never less than the truth (Cormode & Muthukrishnan, 2005, with one row).
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string_view>
#include <vector>

#include "word_counts.hpp"

namespace etude::bpe {

/// Words share counters by their hash. What is in it does not depend on the order in which it came.
class CountSketch {
 public:
  static constexpr std::int64_t most = std::numeric_limits<std::uint16_t>::max();  ///< counters stop there

  CountSketch() : counters_(std::size_t{1} << 25) {}

  void add(std::string_view word, std::int64_t count) {
    auto& counter = counters_[place(word)];
    counter = static_cast<std::uint16_t>(std::min(counter + std::min(count, most), most));
  }
  std::int64_t estimate(std::string_view word) const { return counters_[place(word)]; }

 private:
  std::size_t place(std::string_view word) const { return hash_of(word) & (counters_.size() - 1); }

  std::vector<std::uint16_t> counters_;
};

}  // namespace etude::bpe
