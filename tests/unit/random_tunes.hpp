// Tunes made of random bars, and copies of them with some bars changed; with an oracle for what they have in common.
#pragma once

#include <random>
#include <set>
#include <string>
#include <vector>

namespace etude::testing {

using Bars = std::vector<std::string>;

class RandomTunes {
 public:
  explicit RandomTunes(unsigned seed) : random_(seed) {}

  std::string bar() {
    std::string out;
    for (int i = 0; i < 8; ++i) out += "CDEFGABcdefgab"[below(14)];
    return out;
  }
  Bars tune(std::size_t bars) {
    Bars out;
    for (std::size_t i = 0; i < bars; ++i) out.push_back(bar());
    return out;
  }
  /// `changes` bars, drawn anywhere, become others.
  Bars changed(Bars bars, std::size_t changes) {
    for (std::size_t i = 0; i < changes; ++i) bars[below(bars.size())] = bar();
    return bars;
  }
  std::size_t below(std::size_t bound) { return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random_); }

 private:
  std::mt19937 random_;
};

inline std::string abc(const Bars& bars, int number = 1) {
  std::string out = "X:" + std::to_string(number) + "\nT:Tune " + std::to_string(number) + "\nK:C\n";
  for (std::size_t i = 0; i < bars.size(); ++i) out += bars[i] + (i % 4 == 3 ? "|\n" : " | ");
  return out;
}

/// The Jaccard similarity of the sets of runs of `length` bars, by the words of its definition.
inline double exact_similarity(const Bars& a, const Bars& b, std::size_t length) {
  const auto runs = [length](const Bars& bars) {
    std::set<Bars> set;
    for (std::size_t i = 0; i + length <= bars.size(); ++i)
      set.insert(Bars(bars.begin() + static_cast<std::ptrdiff_t>(i), bars.begin() + static_cast<std::ptrdiff_t>(i + length)));
    return set;
  };
  const auto in_a = runs(a), in_b = runs(b);
  std::size_t common = 0;
  for (const auto& run : in_a) common += in_b.count(run);
  return static_cast<double>(common) / static_cast<double>(in_a.size() + in_b.size() - common);
}

}  // namespace etude::testing
