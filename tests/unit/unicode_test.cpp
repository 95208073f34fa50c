#include <algorithm>
#include <catch.hpp>
#include <corpus/histogram.hpp>
#include <etude/unicode.hpp>

using namespace etude;

namespace {

/// The code points of a text; what is not valid as -1.
std::vector<std::int64_t> points(std::string_view text) {
  std::vector<std::int64_t> out;
  for_each_code_point(text, [&](const CodePoint& point, std::size_t) {
    out.push_back(point.valid ? static_cast<std::int64_t>(point.value) : -1);
  });
  return out;
}

using Points = std::vector<std::int64_t>;

}  // namespace

TEST_CASE("UTF-8 of one to four bytes is read, at the ends of each range") {
  REQUIRE(points(std::string_view("\0\x7F", 2)) == Points{0, 0x7F});
  REQUIRE(points("\xC2\x80\xDF\xBF") == Points{0x80, 0x7FF});
  REQUIRE(points("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF") == Points{0x800, 0xD7FF, 0xE000, 0xFFFF});
  REQUIRE(points("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF") == Points{0x10000, 0x10FFFF});
}

TEST_CASE("Overlong forms, surrogates, stray and missing bytes are invalid, byte for byte") {
  REQUIRE(points("\xC0\x80") == Points{-1, -1});
  REQUIRE(points("\xC1\xBF") == Points{-1, -1});
  REQUIRE(points("\xE0\x9F\xBF") == Points{-1, -1, -1});
  REQUIRE(points("\xED\xA0\x80") == Points{-1, -1, -1});
  REQUIRE(points("\xF0\x8F\xBF\xBF") == Points{-1, -1, -1, -1});
  REQUIRE(points("\xF4\x90\x80\x80") == Points{-1, -1, -1, -1});
  REQUIRE(points("\xE2\x82"
                 "A") == Points{-1, -1, 'A'});
  REQUIRE(points("\xF0\x9D\x84") == Points{-1, -1, -1});
  REQUIRE(points("\xFF\x80z") == Points{-1, -1, 'z'});
}

TEST_CASE("Every code point survives writing and reading") {
  for (char32_t point = 0; point <= 0x10FFFF; point += point < 0x3000 ? 1 : 97) {
    if (point >= 0xD800 && point <= 0xDFFF) continue;
    std::string text;
    append_utf8(text, point);
    REQUIRE(points(text) == Points{static_cast<std::int64_t>(point)});
  }
}

TEST_CASE("A histogram ranks characters by count, ties by code point, and counts all in the sum") {
  Histogram histogram;
  REQUIRE(histogram.add("ab\xC3\xA9\xF0\x9D\x84\x9E") == 4);
  REQUIRE(histogram.add("b\xC3\xA9\xFF") == 3);
  REQUIRE(histogram.ranked() == std::vector<CharacterCount>{{U'b', 2}, {U'\u00E9', 2}, {U'a', 1}, {U'\U0001D11E', 1}});
  REQUIRE(count_characters("a\xC3\xA9\xFF") == 3);
}

TEST_CASE("White space is what Python strips, wherever it is encoded") {
  // Of Python: [c for c in range(0x110000) if chr(c).isspace()]
  const std::vector<char32_t> spaces = {9,      10,     11,     12,     13,     28,     29,     30,     31,     32,
                                        0x85,   0xA0,   0x1680, 0x2000, 0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006,
                                        0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000};
  for (char32_t c = 0; c < 0x110000; ++c) {
    if (c == 0xD800) c = 0xE000;
    const bool space = std::binary_search(spaces.begin(), spaces.end(), c);
    std::string bytes;
    append_utf8(bytes, c);
    const std::size_t expected = space ? bytes.size() : 0;
    if (is_white_space(c) != space || white_space_at_front(bytes + "x") != expected ||
        white_space_at_back("x" + bytes) != expected)
      FAIL("U+" << std::hex << static_cast<std::uint32_t>(c));
  }
}

TEST_CASE("Stripping takes white space of any kind from both ends, and leaves broken characters alone") {
  REQUIRE(stripped(" \t\xE3\x80\x80 a b\xC2\xA0\xE2\x80\xA8\r\n") == "a b");
  REQUIRE(stripped("\xE2\x80\xA8\xC2\x85 ").empty());
  REQUIRE(stripped("").empty());
  REQUIRE(stripped(" \x80\xA8 ") == "\x80\xA8");
  REQUIRE(stripped(" \xE2\x80 ") == "\xE2\x80");
}
