#include <base/system.hpp>
#include <catch.hpp>
#include <cstring>
#include <filesystem>
#include <vector>

namespace etude {

TEST_CASE("Peak memory is that since the last reset, not of the process") {
  constexpr std::int64_t mebibyte = 1 << 20;
  {
    std::vector<char> large(200 * mebibyte);
    std::memset(large.data(), 1, large.size());
    CHECK(peak_memory() > 200 * mebibyte);
  }
  const auto before = peak_memory();
  reset_peak_memory();
  CHECK(peak_memory() < before - 150 * mebibyte);
}

TEST_CASE("The machine has a processor with a name, and the program a file") {
  CHECK(cpu_count() >= 1);
  CHECK_FALSE(cpu_model().empty());
  CHECK(std::filesystem::is_regular_file(program_path()));
}

}  // namespace etude
