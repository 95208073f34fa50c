#include <base/interrupt.hpp>
#include <csignal>

namespace etude {
namespace {

volatile std::sig_atomic_t interrupt_requested = 0;

extern "C" void on_interrupt(int signal) {
  if (interrupt_requested) {
    // The user insists. The signal is blocked while its handler runs and ends the process when this returns.
    std::signal(signal, SIG_DFL);
    std::raise(signal);
  }
  interrupt_requested = 1;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action {};
  action.sa_handler = on_interrupt;
  action.sa_flags = SA_RESTART;  // a file that is being written must not fail because of the request
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

bool interrupted() { return interrupt_requested != 0; }

}  // namespace etude
