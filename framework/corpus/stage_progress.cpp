#include <base/text.hpp>
#include <corpus/stage_progress.hpp>
#include <etude/error.hpp>

namespace etude {

void StageProgress::show(const std::string& what, std::int64_t done, std::int64_t total, const std::string& unit,
                         std::int64_t bytes) {
  const double now = steady_seconds();
  if (what != what_) {
    what_ = what;
    what_begin_ = now;
  }
  if (now - begin_ < 1 || !progress_.due()) return;
  const double seconds = now - what_begin_;
  std::string line = text("corpus: ", what, ", ", count_text(static_cast<double>(done)));
  if (total > 0) line += text(" of ", count_text(static_cast<double>(total)));
  line += text(' ', unit);
  if (bytes > 0) line += text(", ", bytes_text(static_cast<double>(bytes)));
  if (seconds > 0.5 && done > 0) {
    line += bytes > 0 ? text(", ", bytes_text(static_cast<double>(bytes) / seconds), "/s")
                      : text(", ", count_text(static_cast<double>(done) / seconds), "/s");
    if (total > done)
      line += text(", ", duration_text(static_cast<double>(total - done) * seconds / static_cast<double>(done)), " left");
  }
  progress_.update(line);
}

}  // namespace etude
