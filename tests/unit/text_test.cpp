#include <base/text.hpp>
#include <catch.hpp>
#include <cmath>

namespace etude {

TEST_CASE("Text is as wide as a terminal shows it") {
  CHECK(display_width("tokens") == 6);
  CHECK(display_width("Étude") == 5);
  CHECK(display_width("E\u0301tude") == 5);  // a combining accent
  CHECK(display_width("音楽") == 4);
  CHECK(display_width("\x1b[1mbold\x1b[0m") == 4);
  CHECK(display_width("a\xff"
                      "b") == 3);         // a byte that is no UTF-8
  CHECK(display_width("\xe9\x9f") == 2);  // a character that is cut off
}

TEST_CASE("Text that is too long is cut between characters") {
  CHECK(cut("tokens", 6) == "tokens");
  CHECK(cut("tokens", 5) == "to...");
  CHECK(cut("音楽音楽", 7) == "音楽...");
  CHECK(cut("音楽音楽", 6) == "音...");
  CHECK(cut("tokens", 2) == "..");
  CHECK(cut("tokens", 0).empty());
}

TEST_CASE("Counts have three digits and a unit") {
  CHECK(count_text(0) == "0");
  CHECK(count_text(999) == "999");
  CHECK(count_text(1000) == "1.00 k");
  CHECK(count_text(999.6) == "1.00 k");
  CHECK(count_text(45'123) == "45.1 k");
  CHECK(count_text(999'499) == "999 k");
  CHECK(count_text(999'500) == "1.00 M");
  CHECK(count_text(1'234'567) == "1.23 M");
  CHECK(count_text(6.1142e17) == "611 P");  // FLOPs of a large run
  CHECK(count_text(5e21) == "5000 E");
  CHECK(count_text(-1'234'567) == "-1.23 M");
  CHECK(count_text(0.123) == "0.12");
  CHECK(count_text(std::nan("")) == "nan");
}

TEST_CASE("One thing is counted in the singular") {
  CHECK(counted(0, "note") == "0 notes");
  CHECK(counted(1, "note") == "1 note");
  CHECK(counted(2, "note") == "2 notes");
}

TEST_CASE("Shares show two digits that count, and never all or nothing that they are not") {
  CHECK(share_text(0) == "0 %");
  CHECK(share_text(1) == "100 %");
  CHECK(share_text(0.034) == "3.4 %");
  CHECK(share_text(0.1234) == "12 %");
  CHECK(share_text(0.00012345) == "0.012 %");
  CHECK(share_text(0.000001) == "0.00010 %");
  CHECK(share_text(0.9999999) == "99.99 %");
  CHECK(share_text(0.98) == "98 %");
}

TEST_CASE("Bytes are counted in powers of two") {
  CHECK(bytes_text(1023) == "1023 B");
  CHECK(bytes_text(1024) == "1.00 KiB");
  CHECK(bytes_text(851'443'712) == "812 MiB");
  CHECK(bytes_text(1024.0 * 1024 * 1000) == "0.98 GiB");
}

TEST_CASE("Durations are told as people tell them") {
  CHECK(duration_text(0.84) == "0.8 s");
  CHECK(duration_text(9.94) == "9.9 s");
  CHECK(duration_text(9.96) == "10 s");
  CHECK(duration_text(59.6) == "1 m 00 s");
  CHECK(duration_text(133) == "2 m 13 s");
  CHECK(duration_text(3720) == "1 h 02 m");
  CHECK(duration_text(273'600) == "3 d 04 h");
}

TEST_CASE("The shortest text of a number reads back as that number") {
  for (const double value : {0.1, 1.0 / 3, 5e-324, 1.7976931348623157e308, -0.0, 123456789.0}) {
    const double back = std::strtod(shortest(value).c_str(), nullptr);
    CHECK(back == value);
    CHECK(std::signbit(back) == std::signbit(value));
  }
  CHECK(shortest(0.1) == "0.1");
  CHECK(fixed(2.5, 3) == "2.500");
}

}  // namespace etude
