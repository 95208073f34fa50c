// Ctrl-C as a request, not a kill.
#pragma once

namespace etude {

/// From now on the first SIGINT or SIGTERM only sets a flag; a second one ends the program at once.
void catch_interrupts();
bool interrupted();

}  // namespace etude
