#include "conversion_cache.hpp"

#include <zlib.h>

#include <charconv>
#include <etude/error.hpp>
#include <system_error>

#include "digest.hpp"

namespace dataset_music {
namespace {

constexpr int gzip_wrapper = 16 + MAX_WBITS;

/// The piece before the next `separator`, which is taken from the front of `rest`; nothing if there is no separator left.
std::optional<std::string_view> take(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  if (end == std::string_view::npos) return std::nullopt;
  const auto piece = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return piece;
}

std::optional<std::uint64_t> number_of(std::string_view digits) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return number;
}

std::optional<Record> parse_record(std::string_view content) {
  const auto result = take(content, '\t'), limit = take(content, '\t'), bytes = take(content, '\t'), reason = take(content, '\n');
  if (!result || !limit || !bytes || !reason || !number_of(*limit) || !number_of(*bytes)) return std::nullopt;
  return Record{{std::string(*result), std::string(*reason), *number_of(*bytes), std::string(content)}, *number_of(*limit)};
}

}  // namespace

std::string pack(const Record& record) {
  const Conversion& conversion = record.conversion;
  std::string content =
      etude::text(conversion.result, '\t', record.limit, '\t', conversion.output_bytes, '\t', conversion.reason, '\n');
  content += conversion.abc;
  z_stream stream{};
  // The fastest level: it takes a tenth of midi2abc's own time, and a corpus of 20 GB a sixth of its space.
  if (deflateInit2(&stream, 1, Z_DEFLATED, gzip_wrapper, 8, Z_DEFAULT_STRATEGY) != Z_OK) throw std::bad_alloc();
  std::string packed(deflateBound(&stream, content.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(content.data());
  stream.avail_in = static_cast<uInt>(content.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  return packed;
}

std::optional<Record> unpack(const std::string& packed) {
  z_stream stream{};
  if (inflateInit2(&stream, gzip_wrapper) != Z_OK) throw std::bad_alloc();
  std::string content;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  int state = Z_OK;
  while (state == Z_OK) {
    content.resize(std::max<std::size_t>(content.size() * 2, packed.size() * 8 + 1024));
    stream.next_out = reinterpret_cast<Bytef*>(content.data()) + stream.total_out;
    stream.avail_out = static_cast<uInt>(content.size() - stream.total_out);
    state = inflate(&stream, Z_NO_FLUSH);
  }
  content.resize(stream.total_out);
  const bool whole = state == Z_STREAM_END && stream.avail_in == 0;
  inflateEnd(&stream);
  return whole ? parse_record(content) : std::nullopt;
}

std::optional<Record> read_record(const std::filesystem::path& file) {
  try {
    return unpack(read_file(file));
  } catch (const std::system_error&) {
    return std::nullopt;
  }
}

}  // namespace dataset_music
