#include <zlib.h>

#include <array>
#include <corpus/gzip_ratio.hpp>
#include <etude/error.hpp>
#include <etude/unicode.hpp>
#include <limits>

namespace etude {
namespace {

enum class Kind : unsigned char { plain, space, newline, wide };

// Of each byte: whether it stays, goes, ends a line, or may begin white space of several bytes.
constexpr std::array<Kind, 256> kinds = [] {
  std::array<Kind, 256> table{};
  for (unsigned i = 0; i < 0x80; ++i)
    if (is_white_space(i)) table[i] = Kind::space;
  table['\n'] = Kind::newline;
  for (const unsigned lead : {0xC2, 0xE1, 0xE2, 0xE3}) table[lead] = Kind::wide;
  return table;
}();

/// Appends the lines of `text` without white space. `out` has room for them and one newline more.
char* squeeze(std::string_view text, char* out) {
  char* line = out;
  const auto end_line = [&] {
    if (out != line) *out++ = '\n';
    line = out;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Kind kind = kinds[static_cast<unsigned char>(text[i])];
    if (kind <= Kind::space) {  // without a branch: letters and spaces alternate as they please
      *out = text[i];
      out += kind == Kind::plain;
    } else if (kind == Kind::newline) {
      end_line();
    } else if (const std::size_t bytes = white_space_at_front(text.substr(i))) {
      i += bytes - 1;
    } else {
      *out++ = text[i];
    }
  }
  end_line();
  return out;
}

}  // namespace

struct GzipMeter::Deflater {
  z_stream stream{};
  std::array<unsigned char, 1 << 14> output{};

  Deflater() {
    constexpr int level = 9, gzip_window_bits = 15 + 16, default_memory = 8;
    if (deflateInit2(&stream, level, Z_DEFLATED, gzip_window_bits, default_memory, Z_DEFAULT_STRATEGY) != Z_OK)
      throw Error("zlib cannot compress: out of memory");
  }
  ~Deflater() { deflateEnd(&stream); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  std::int64_t compressed_bytes(std::string_view text) {
    deflateReset(&stream);
    int state = Z_OK;
    while (state != Z_STREAM_END) {
      if (stream.avail_in == 0) {  // it counts in 32 bits
        const auto piece = std::min<std::size_t>(text.size(), std::numeric_limits<uInt>::max());
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
        stream.avail_in = static_cast<uInt>(piece);
        text.remove_prefix(piece);
      }
      stream.next_out = output.data();
      stream.avail_out = static_cast<uInt>(output.size());
      state = deflate(&stream, text.empty() ? Z_FINISH : Z_NO_FLUSH);
      if (state != Z_OK && state != Z_STREAM_END) throw Error(etude::text("zlib cannot compress: error ", state));
    }
    return static_cast<std::int64_t>(stream.total_out);
  }
};

GzipMeter::GzipMeter() : deflater_(std::make_unique<Deflater>()) {}
GzipMeter::~GzipMeter() = default;

GzipSize GzipMeter::measure(const Document& document) {
  const std::size_t most = document.trimmed.size() + document.text.size() + 2;
  if (squeezed_.size() < most) squeezed_.resize(most);
  char* end = squeeze(document.trimmed, squeezed_.data());
  end = squeeze(document.text, end);
  const std::string_view raw(squeezed_.data(), static_cast<std::size_t>(end - squeezed_.data()));
  if (raw.empty()) return {};
  return {static_cast<std::int64_t>(raw.size()), deflater_->compressed_bytes(raw)};
}

}  // namespace etude
