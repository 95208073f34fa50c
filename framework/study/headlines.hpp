// What the metrics of runs found, side by side.
#pragma once

#include <base/table.hpp>
#include <map>
#include <record/run_record.hpp>
#include <set>
#include <string>
#include <vector>

namespace etude {

/// A metric's headline: the scalar that is called as the metric itself.
struct Headline {
  Scalar scalar;
  std::string terms;  ///< the metric's options and the tokenizer: values on other terms mean something else
};

/// By the metric's id; without `perplexity`, which has a column of its own.
using Headlines = std::map<std::string, Headline>;

Headlines headlines_of(const RunData& data);

/// "68.0 %" of a share, else four digits.
std::string headline_text(const Scalar& scalar);
/// "63.8-71.9", or "-".
std::string interval_text(const Scalar& scalar);

/// The ids of all metrics that a run has.
template <class Runs>
std::set<std::string> headline_ids(const Runs& runs) {
  std::set<std::string> ids;
  for (const auto& run : runs)
    for (const auto& [id, headline] : run.headlines) ids.insert(id);
  return ids;
}

/// True if `one` is better than `other` beyond doubt: their intervals do not overlap (where there is one), on the same terms.
bool beats(const Headline& one, const Headline& other);

}  // namespace etude
