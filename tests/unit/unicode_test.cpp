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
