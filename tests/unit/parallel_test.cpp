#include <atomic>
#include <catch.hpp>
#include <chrono>
#include <etude/parallel.hpp>
#include <stdexcept>

using namespace etude;

namespace {

using Parallel = OrderedParallel<int, int>;

Parallel::Source up_to(int count, int& next) {
  return [count, &next]() -> std::optional<int> { return next < count ? std::optional(next++) : std::nullopt; };
}

}  // namespace

TEST_CASE("Results come in the order of the input, however long each takes") {
  for (const int threads : {1, 2, 7}) {
    int given = 0;
    Parallel parallel(threads, 16, up_to(100, given), [](const int& input, const std::stop_token&) {
      std::this_thread::sleep_for(std::chrono::microseconds(input % 5 * 300));
      return input * input;
    });
    for (int i = 0; i < 100; ++i) REQUIRE(parallel.next() == i * i);
    REQUIRE_FALSE(parallel.next());
    REQUIRE_FALSE(parallel.next());
  }
}

TEST_CASE("No more inputs than the window are under way") {
  int given = 0;
  Parallel parallel(3, 4, up_to(50, given), [](const int& input, const std::stop_token&) { return input; });
  for (int i = 0; i < 50; ++i) {
    parallel.next();
    REQUIRE(given <= i + 4);
  }
}

TEST_CASE("What the work throws is thrown in its place, and the others go on") {
  int given = 0;
  Parallel parallel(3, 8, up_to(5, given), [](const int& input, const std::stop_token&) {
    if (input == 2) throw std::runtime_error("two");
    return input;
  });
  REQUIRE(parallel.next() == 0);
  REQUIRE(parallel.next() == 1);
  REQUIRE_THROWS_WITH(parallel.next(), "two");
  REQUIRE(parallel.next() == 3);
  REQUIRE(parallel.next() == 4);
  REQUIRE_FALSE(parallel.next());
}

TEST_CASE("Work is told to stop when nobody waits for it any more") {
  std::atomic<int> stopped = 0, begun = 0;
  {
    int given = 0;
    Parallel parallel(2, 8, up_to(8, given), [&](const int& input, const std::stop_token& stop) {
      if (input == 0) return 0;
      ++begun;
      while (!stop.stop_requested()) std::this_thread::yield();
      ++stopped;
      return input;
    });
    REQUIRE(parallel.next() == 0);
    while (begun < 2) std::this_thread::yield();
  }
  REQUIRE(begun == 2);
  REQUIRE(stopped == 2);
}
