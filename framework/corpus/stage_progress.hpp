// How far a preparation is, in one line.
#pragma once

#include <base/log.hpp>
#include <chrono>
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
  using Clock = std::chrono::steady_clock;
  Progress progress_;
  std::string what_;
  Clock::time_point begin_ = Clock::now(), what_begin_ = Clock::now();
};

}  // namespace etude
