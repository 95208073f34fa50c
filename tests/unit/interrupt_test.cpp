#include <base/interrupt.hpp>
#include <catch.hpp>
#include <child_process.hpp>
#include <csignal>

namespace etude {

TEST_CASE("The first interrupt is a request, the second ends the process") {
  const int after_one = testing::in_child([] {
    catch_interrupts();
    if (interrupted()) return 1;
    std::raise(SIGTERM);
    return interrupted() ? 0 : 2;
  });
  CHECK(after_one == 0);
  const int after_two = testing::in_child([] {
    catch_interrupts();
    std::raise(SIGTERM);
    std::raise(SIGINT);
    return 0;
  });
  CHECK(after_two == -SIGINT);
}

}  // namespace etude
