// The terminal behind standard error, if there is one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace etude {

/// False also for terminals that cannot move their cursor (TERM=dumb).
bool stderr_is_terminal();

struct TerminalSize {
  std::size_t rows = 24, columns = 80;
};

/// What the terminal says; the default where it does not.
TerminalSize terminal_size();

/// Writes all of it to standard error; a closed terminal must not end the program.
void put_on_stderr(std::string_view bytes);

/// Lines at the end of the terminal, each time drawn over those before.
class LiveLines {
 public:
  /// Lines that are wider than the terminal are cut.
  void show(const std::vector<std::string>& lines);

 private:
  std::size_t drawn_ = 0;
};

}  // namespace etude
