#include <zlib.h>

#include <catch.hpp>
#include <corpus/gzip_ratio.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace etude;

namespace {

/// What zlib makes of `raw` in one go, by its oldest interface: 18 bytes of gzip stand around the raw deflate stream.
GzipSize reference(const std::string& raw) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(raw.size() + raw.size() / 8 + 100, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
  stream.avail_in = static_cast<uInt>(raw.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  const auto bytes = static_cast<std::int64_t>(stream.total_out);
  deflateEnd(&stream);
  return {static_cast<std::int64_t>(raw.size()), bytes + 18};
}

void require_like(const GzipSize& size, const std::string& raw) {
  const GzipSize expected = reference(raw);
  REQUIRE(size.raw_bytes == expected.raw_bytes);
  REQUIRE(size.gzip_bytes == expected.gzip_bytes);
}

Document document(std::string text, std::string trimmed = "") { return {"id", std::move(text), {}, std::move(trimmed)}; }

/// Lines of notes that differ, so that zlib has something to do.
std::string notes(int lines, unsigned state) {
  std::string text;
  for (int line = 0; line < lines; ++line) {
    for (int i = 0; i < 40; ++i) {
      state = state * 1664525u + 1013904223u;
      text += "ABCDEFGabcdefg|24/z"[state >> 16 & 15];
      if (state >> 28 == 0) text += ' ';
    }
    text += '\n';
  }
  return text;
}

std::string without_spaces(std::string text) {
  std::erase(text, ' ');
  return text;
}

}  // namespace

TEST_CASE("gzip size: white space goes, lines end with a newline, empty lines go") {
  GzipMeter meter;
  require_like(meter.measure(document("X:1\nM: 4/4\n\n  \t\nA B\tC|\r\n d e ")), "X:1\nM:4/4\nABC|\nde\n");
}

TEST_CASE("gzip size: white space is what Python's str.split() takes for it") {
  GzipMeter meter;
  std::string spaced = "a";
  for (const char* space : {"\v", "\f", "\x1c", "\x1d", "\x1e", "\x1f", "\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x80",
                            "\xE2\x80\x8A", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"})
    spaced += std::string(space) + "b";
  require_like(meter.measure(document(spaced)), "abbbbbbbbbbbbbbbb\n");
  // Their neighbours are none: a zero-width space, a byte order mark, a Mongolian vowel separator, and other letters.
  const std::string others =
      "\xE2\x80\x8B\xEF\xBB\xBF\xE1\xA0\x8E\xC2\x84\xC2\xA1\xC3\xA9\xE2\x99\xAD\xE3\x80\x81\xF0\x9D\x84\x9E";
  require_like(meter.measure(document(others)), others + "\n");
  const std::string broken("\xE2\x80\0\xC2\xE3", 5);  // no UTF-8, and a NUL
  require_like(meter.measure(document(broken)), broken + "\n");
}

TEST_CASE("gzip size: what cleaning trimmed counts, before the text") {
  GzipMeter meter;
  require_like(meter.measure(document("X:1\nCDEF|", "z8|\nz8|\n")), "z8|\nz8|\nX:1\nCDEF|\n");
  require_like(meter.measure(document("", "z8|")), "z8|\n");
}

TEST_CASE("gzip size: nothing but white space has size and ratio 0") {
  GzipMeter meter;
  for (const char* text : {"", "\n\n", " \t\n\xE2\x80\xA8\n"}) {
    const GzipSize size = meter.measure(document(text));
    REQUIRE(size.raw_bytes == 0);
    REQUIRE(size.gzip_bytes == 0);
    REQUIRE(size.ratio() == 0);
  }
}

TEST_CASE("gzip size: a meter measures each document as if it were its first, however long") {
  GzipMeter meter;
  for (const int lines : {1, 30'000, 3, 2'000, 2'000}) {
    const std::string text = notes(lines, static_cast<unsigned>(lines));
    require_like(meter.measure(document(text)), without_spaces(text));
  }
}

TEST_CASE("gzip size: the ratio is that of the bytes") {
  const GzipSize size{200, 50};
  REQUIRE(size.ratio() == 0.25);
}

TEST_CASE("gzip size: meters on several threads do not disturb each other") {
  std::vector<GzipSize> sizes(4);
  {
    std::vector<std::jthread> threads;
    for (unsigned i = 0; i < sizes.size(); ++i)
      threads.emplace_back([&sizes, i] {
        GzipMeter meter;
        for (int round = 0; round < 5; ++round) sizes[i] = meter.measure(document(notes(500, i)));
      });
  }
  for (unsigned i = 0; i < sizes.size(); ++i) require_like(sizes[i], without_spaces(notes(500, i)));
}
