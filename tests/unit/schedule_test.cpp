#include <catch.hpp>
#include <etude/error.hpp>
#include <train/schedule.hpp>

using etude::Schedule;

TEST_CASE("A constant schedule has one rate") {
  const Schedule schedule{"constant", 3e-4, 0, 0, 100};
  for (const int step : {1, 50, 100}) CHECK(schedule.rate(step) == 3e-4);
}

TEST_CASE("Warm-up rises in equal parts and reaches the peak at its last step") {
  const Schedule schedule{"constant", 1.0, 0, 4, 100};
  CHECK(schedule.rate(1) == Approx(0.25));
  CHECK(schedule.rate(2) == Approx(0.5));
  CHECK(schedule.rate(4) == Approx(1.0));
  CHECK(schedule.rate(5) == Approx(1.0));
}

TEST_CASE("Linear and cosine schedules end at their final rate") {
  for (const auto* kind : {"linear", "cosine"}) {
    const Schedule schedule{kind, 3e-4, 3e-5, 10, 110};
    CHECK(schedule.rate(10) == Approx(3e-4));
    CHECK(schedule.rate(60) == Approx((3e-4 + 3e-5) / 2));  // half way both are in the middle
    CHECK(schedule.rate(110) == Approx(3e-5));
  }
}

TEST_CASE("A cosine schedule falls slowly at first, a linear one steadily") {
  const Schedule cosine{"cosine", 1.0, 0, 0, 100};
  const Schedule linear{"linear", 1.0, 0, 0, 100};
  CHECK(cosine.rate(25) == Approx(0.8535533906));  // (1 + cos(pi / 4)) / 2
  CHECK(linear.rate(25) == Approx(0.75));
}

TEST_CASE("A warm-up-stable-decay schedule stays at its peak until the decay, which falls in equal parts") {
  const Schedule schedule{"wsd", 1.0, 0.1, 4, 20, 15};
  CHECK(schedule.rate(2) == Approx(0.5));
  for (const int step : {4, 5, 15}) CHECK(schedule.rate(step) == 1.0);
  CHECK(schedule.rate(16) == Approx(0.82));
  CHECK(schedule.rate(18) == Approx(0.46));
  CHECK(schedule.rate(20) == Approx(0.1));
}

TEST_CASE("An unknown schedule is an error that names the known ones") {
  CHECK_THROWS_WITH((Schedule{"square", 1, 0, 0, 10}.rate(1)), Catch::Contains("constant, linear, cosine, wsd"));
}
