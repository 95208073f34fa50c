#include <sys/ioctl.h>
#include <unistd.h>

#include <base/terminal.hpp>
#include <base/text.hpp>
#include <cstdlib>

namespace etude {

bool stderr_is_terminal() {
  const char* terminal = std::getenv("TERM");
  return isatty(STDERR_FILENO) && !(terminal && std::string_view(terminal) == "dumb");
}

TerminalSize terminal_size() {
  TerminalSize size;
  winsize told{};
  if (ioctl(STDERR_FILENO, TIOCGWINSZ, &told) != 0) return size;
  if (told.ws_row > 0) size.rows = told.ws_row;
  if (told.ws_col > 0) size.columns = told.ws_col;
  return size;
}

void put_on_stderr(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = write(STDERR_FILENO, bytes.data(), bytes.size());
    if (written <= 0) return;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void LiveLines::show(const std::vector<std::string>& lines) {
  std::string drawing = "\r";
  if (drawn_ > 0) drawing += "\x1b[" + std::to_string(drawn_) + "A";
  drawing += "\x1b[J";
  // One column stays free: a character in the last one makes some terminals start a new line.
  const std::size_t columns = terminal_size().columns - 1;
  for (const auto& line : lines) drawing += cut(line, columns) + "\n";
  drawn_ = lines.size();
  put_on_stderr(drawing);
}

}  // namespace etude
