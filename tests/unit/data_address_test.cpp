// Addresses that carry their content.
#include <catch.hpp>
#include <report/data_address.hpp>

using namespace etude;

TEST_CASE("Bytes in an address are base64 as RFC 4648 gives it") {
  const auto base64 = [](std::string_view bytes) {
    return data_address("a/b", bytes).substr(std::string("data:a/b;base64,").size());
  };
  CHECK(data_address("audio/ogg", "foo") == "data:audio/ogg;base64,Zm9v");
  CHECK(base64("").empty());
  CHECK(base64("f") == "Zg==");
  CHECK(base64("fo") == "Zm8=");
  CHECK(base64("foob") == "Zm9vYg==");
  CHECK(base64("fooba") == "Zm9vYmE=");
  CHECK(base64("foobar") == "Zm9vYmFy");
  CHECK(base64(std::string_view("\x00\xff\xfe\xfb", 4)) == "AP/++w==");
}

TEST_CASE("A picture in an address can leave neither the attribute nor the address") {
  const std::string address = svg_address("<svg a=\"1\" b='2'>#&%\n\xc3\xa9</svg>");
  CHECK(address == "data:image/svg+xml,%3Csvg a=%221%22 b=%272%27%3E%23%26%25%0A%C3%A9%3C/svg%3E");
}
