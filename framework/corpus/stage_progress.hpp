// How far a preparation is, in one line.
#pragma once

#include <base/clock.hpp>
#include <base/log.hpp>
#include <cstdint>

namespace etude {

/// "corpus: packing train, 12.3 k of 178 k documents, 45 MB, 12.1 MB/s, 13 s left". Begins to show after a second: small corpora
/// are done before anyone wonders.
class StageProgress {
 public:
  /// @param total  0: unknown
  /// @param bytes  of text so far; 0: not said
  void show(const std::string& what, std::int64_t done, std::int64_t total, const std::string& unit, std::int64_t bytes = 0);

 private:
  Progress progress_;
  std::string what_;
  double begin_ = steady_seconds(), what_begin_ = begin_;
};

}  // namespace etude
