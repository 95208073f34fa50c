#include <etude/error.hpp>

#include "catch.hpp"

using namespace etude;

TEST_CASE("An error shows its message, then its remedy under it, line by line") {
  const Error error("midi2abc not found", "install it\nor set its path");
  CHECK(std::string(error.what()) == "midi2abc not found\n       install it\n       or set its path");
  CHECK(error.message() == "midi2abc not found");
  CHECK(error.remedy() == "install it\nor set its path");
  CHECK(error.fault() == Fault::failure);
  CHECK(static_cast<int>(usage_error("wrong").fault()) == 2);
  CHECK(std::string(Error("alone").what()) == "alone");
}

TEST_CASE("Text joins anything that can be written, doubles without loss") {
  CHECK(text("step ", 12, " of ", std::string("20"), ": ", 0.1) == "step 12 of 20: 0.10000000000000001");
}
