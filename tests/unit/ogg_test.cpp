// Where Ogg files are cut.
#include <catch.hpp>
#include <generate/ogg.hpp>

using namespace etude;

namespace {

constexpr double rate = 100;

/// A page of RFC 3533 that ends with this sample, its body two segments.
std::string page(std::uint64_t samples, std::size_t body = 300) {
  std::string bytes("OggS");
  bytes += std::string(2, '\0');
  for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(samples >> shift & 0xFF);
  bytes += std::string(12, 's');
  bytes += '\x02';
  bytes += '\xFF';
  bytes += static_cast<char>(body - 255);
  return bytes + std::string(body, 'b');
}

const std::string head = page(0);

}  // namespace

TEST_CASE("Sound that is short enough stays as it is") {
  const std::string file = head + page(100) + page(250);
  std::string cut = file;
  CHECK(cut_ogg(cut, rate, 2.5) == 2.5);
  CHECK(cut == file);
}

TEST_CASE("Longer sound ends with the last page that lies within the time") {
  std::string cut = head + page(100) + page(200) + page(300);
  CHECK(cut_ogg(cut, rate, 2.99) == 2.0);
  CHECK(cut == head + page(100) + page(200));
}

TEST_CASE("A page in which no packet ends says no time and stays") {
  const std::string file = head + page(~std::uint64_t{0}) + page(200);
  std::string cut = file;
  CHECK(cut_ogg(cut, rate, 5) == 2.0);
  CHECK(cut == file);
}

TEST_CASE("What a killed program left of a page is cut away") {
  for (const std::size_t left : {1u, 20u, 28u, 100u}) {
    std::string cut = head + page(100) + page(200).substr(0, left);
    CHECK(cut_ogg(cut, rate, 5) == 1.0);
    CHECK(cut == head + page(100));
  }
}

TEST_CASE("What is no Ogg file is refused") {
  for (std::string file : {std::string(), std::string("RIFF and so on"), std::string("OggS")})
    CHECK_THROWS_WITH(cut_ogg(file, rate, 5), Catch::Contains("no Ogg file"));
}
