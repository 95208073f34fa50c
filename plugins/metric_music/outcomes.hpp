// What became of the samples, in words and counted.
#pragma once

#include <etude/metric.hpp>
#include <map>

namespace metric_music {

/// Counts verdicts by their kind.
class Outcomes {
 public:
  /// Of "invalid: line 3, column 7: no bar 12 before this one" the kind is "invalid: no bar # before this one": places,
  /// numbers and quoted pieces of the text are left out, so that what failed alike is counted together.
  void add(const std::string& verdict);
  /// Columns `outcome` and `samples`, the most frequent first; behind thirty of them, the sum of the others.
  etude::MetricTable table() const;

 private:
  std::map<std::string, std::int64_t> counts_;
};

/// The verdict without the place and with # for each number.
std::string kind_of(const std::string& verdict);

}  // namespace metric_music
