#include <base/clock.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/terminal.hpp>
#include <chrono>
#include <cli/watch.hpp>
#include <sstream>
#include <study/watch.hpp>
#include <thread>

namespace etude {
namespace {

constexpr double seconds_between_looks = 0.5;
constexpr double seconds_between_progress_lines = 30;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// @return false if the user interrupts meanwhile
bool wait(double seconds) {
  for (const double begin = steady_seconds(); seconds_since(begin) < seconds && !interrupted();)
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  return !interrupted();
}

/// The table in a terminal of this height: its two lines of titles, the summary and the line below it need room.
std::vector<std::string> drawing(const Watch& watch) {
  const std::size_t rows = terminal_size().rows;
  auto lines = lines_of(watch.table(rows > 6 ? rows - 4 : 2));
  lines.push_back(watch.summary());
  return lines;
}

bool watch_on_terminal(Watch& watch) {
  LiveLines terminal;
  for (;; watch.update()) {
    terminal.show(drawing(watch));
    if (watch.ended()) return true;
    if (!wait(seconds_between_looks)) return false;
  }
}

bool watch_in_lines(Watch& watch) {
  for (const auto& line : lines_of(watch.table(watch.runs().size()))) log_info(line);
  log_info(watch.summary());
  watch.news();  // the table has said it
  for (double told = steady_seconds(); !watch.ended();) {
    if (!wait(seconds_between_looks)) return false;
    watch.update();
    for (const auto& line : watch.news()) log_info(line);
    if (seconds_since(told) < seconds_between_progress_lines) continue;
    for (const auto& line : watch.progress()) log_info(line);
    log_info(watch.summary());
    told = steady_seconds();
  }
  return true;
}

}  // namespace

bool watch_runs(const std::vector<std::filesystem::path>& paths) {
  catch_interrupts();
  Watch watch(paths);
  if (watch.ended()) {
    log_info("nothing here is going on");
    return true;
  }
  return stderr_is_terminal() ? watch_on_terminal(watch) : watch_in_lines(watch);
}

}  // namespace etude
