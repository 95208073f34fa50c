// How well a document compresses: a repetitive one, or one that holds little but rests, compresses to almost nothing.
#pragma once

#include <cstdint>
#include <etude/document.hpp>
#include <memory>
#include <string>

namespace etude {

/// Sizes of a document without white space, and of its gzip compression.
struct GzipSize {
  std::int64_t raw_bytes = 0;   ///< each line that is not empty counts with one newline
  std::int64_t gzip_bytes = 0;  ///< header and check sum included; 0 where raw_bytes is 0

  /// gzip_bytes / raw_bytes; 0 where there is nothing to compress. Above 1 for very short texts.
  double ratio() const { return raw_bytes == 0 ? 0 : static_cast<double>(gzip_bytes) / static_cast<double>(raw_bytes); }
};

/// Measures documents one after another, keeping its memory (about 270 kB and the longest document). One thread at a time.
class GzipMeter {
 public:
  GzipMeter();
  ~GzipMeter();
  GzipMeter(const GzipMeter&) = delete;
  GzipMeter& operator=(const GzipMeter&) = delete;

  /// Lines of `trimmed` and `text` with all white space removed, each followed by a newline, empty ones left out: compressed by
  /// zlib at level 9 in a gzip wrapper.
  /// @throws Error where zlib is out of memory
  GzipSize measure(const Document& document);

 private:
  struct Deflater;
  std::unique_ptr<Deflater> deflater_;
  std::string squeezed_;
};

}  // namespace etude
