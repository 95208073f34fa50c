// All documents on many threads, in order.
#pragma once

#include <base/interrupt.hpp>
#include <corpus/documents.hpp>
#include <etude/parallel.hpp>

namespace etude {

/// Documents [begin, end).
struct DocumentRange {
  std::size_t begin = 0, end = 0;
};

/// Calls work(range) for consecutive ranges of about a megabyte on `threads` threads, and then(range, result) on this one, in
/// order.
/// @throws Error if the user interrupts, or what work() throws
template <class Work, class Then>
void for_each_range(const Documents& documents, int threads, const Work& work, const Then& then) {
  using Result = std::invoke_result_t<const Work&, DocumentRange>;
  std::size_t at = 0;
  const auto source = [&]() -> std::optional<DocumentRange> {
    constexpr std::int64_t enough = 1 << 20;
    if (interrupted()) throw Error("interrupted", {}, Fault::interrupted);
    DocumentRange range{at, at};
    for (std::int64_t bytes = 0; range.end < documents.size() && bytes < enough; ++range.end)
      bytes += documents.text_bytes(range.end) + 200;
    at = range.end;
    return range.begin == range.end ? std::nullopt : std::optional(range);
  };
  using Pair = std::pair<DocumentRange, Result>;
  OrderedParallel<DocumentRange, Pair> results(
      threads, 4 * static_cast<std::size_t>(std::max(threads, 1)), source,
      [&](const DocumentRange& range, const std::stop_token&) { return Pair(range, work(range)); });
  while (auto result = results.next()) then(result->first, result->second);
}

}  // namespace etude
