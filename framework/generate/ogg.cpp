#include <algorithm>
#include <cstdint>
#include <etude/error.hpp>
#include <generate/ogg.hpp>
#include <numeric>

namespace etude {
namespace {

// A page (RFC 3533): "OggS", a version, flags, the samples that end in it (64 bits), serial, number and check sum, then a table
// of the lengths of what follows.
constexpr std::size_t granule_at = 6, segments_at = 26, header_bytes = 27;

std::uint64_t little_endian(const std::string& bytes, std::size_t at) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < 8; ++i) value |= std::uint64_t{static_cast<unsigned char>(bytes[at + i])} << (8 * i);
  return value;
}

/// Bytes of the page that begins at `at`; 0 where no whole page does.
std::size_t page_bytes(const std::string& ogg, std::size_t at) {
  if (ogg.compare(at, 4, "OggS") != 0 || ogg.size() - at < header_bytes) return 0;
  const std::size_t segments = static_cast<unsigned char>(ogg[at + segments_at]);
  if (ogg.size() - at < header_bytes + segments) return 0;
  const auto table = ogg.begin() + static_cast<std::ptrdiff_t>(at + header_bytes);
  const std::size_t body = std::accumulate(table, table + static_cast<std::ptrdiff_t>(segments), std::size_t{0},
                                           [](std::size_t sum, char length) { return sum + static_cast<unsigned char>(length); });
  const std::size_t bytes = header_bytes + segments + body;
  return bytes <= ogg.size() - at ? bytes : 0;
}

}  // namespace

double cut_ogg(std::string& ogg, double sample_rate, double seconds) {
  constexpr std::uint64_t nothing_ends = ~std::uint64_t{0};  // in a page that lies within one packet
  std::size_t end = 0;
  double played = 0;
  while (end < ogg.size()) {
    const std::size_t bytes = page_bytes(ogg, end);
    if (bytes == 0) break;
    const std::uint64_t samples = little_endian(ogg, end + granule_at);
    if (samples != nothing_ends) {
      const double until = static_cast<double>(samples) / sample_rate;
      if (until > seconds) break;
      played = std::max(played, until);
    }
    end += bytes;
  }
  if (end == 0) throw Error("this is no Ogg file");
  ogg.resize(end);
  return played;
}

}  // namespace etude
