#include <pty.h>
#include <sys/ioctl.h>

#include <base/files.hpp>
#include <base/log.hpp>
#include <base/text.hpp>
#include <catch.hpp>
#include <child_process.hpp>
#include <regex>
#include <temporary_directory.hpp>
#include <vector>

namespace etude {
namespace {

/// What `work` writes to standard error while that is a terminal of 40 columns, or else a pipe.
std::string written_by(bool terminal, const std::function<void()>& work) {
  int ends[2];
  if (terminal) {
    winsize size{10, 40, 0, 0};
    REQUIRE(openpty(&ends[0], &ends[1], nullptr, nullptr, &size) == 0);
  } else {
    REQUIRE(pipe(ends) == 0);
  }
  const pid_t child = fork();
  if (child == 0) {
    setenv("TERM", "xterm", 1);
    dup2(ends[1], STDERR_FILENO);
    close(ends[0]);
    close(ends[1]);
    work();
    _exit(0);
  }
  close(ends[1]);
  std::string all;
  char buffer[4096];
  for (ssize_t count; (count = read(ends[0], buffer, sizeof buffer)) > 0;) all.append(buffer, static_cast<std::size_t>(count));
  close(ends[0]);
  waitpid(child, nullptr, 0);
  return all;
}

/// The lines of a terminal's screen after `bytes`: carriage returns go back, ESC[K clears to the end of the line.
std::vector<std::string> screen_after(const std::string& bytes) {
  std::vector<std::string> lines(1);
  std::size_t column = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (bytes[i] == '\r') {
      column = 0;
    } else if (bytes[i] == '\n') {
      lines.emplace_back();
      column = 0;
    } else if (bytes.compare(i, 3, "\x1b[K") == 0) {
      lines.back().resize(std::min(column, lines.back().size()));
      i += 2;
    } else {
      lines.back().resize(std::max(lines.back().size(), column + 1), ' ');
      lines.back()[column++] = bytes[i];
    }
  }
  return lines;
}

}  // namespace

TEST_CASE("Messages say what they are, and remedies stand below them") {
  const auto written = written_by(false, [] {
    log_info("plain {} %s");
    log_warning("odd\nlook again");
    log_error(Error("broken", "mend it").what());
  });
  CHECK(written ==
        "plain {} %s\n"
        "warning: odd\n"
        "         look again\n"
        "error: broken\n"
        "       mend it\n");
}

TEST_CASE("Where there is no terminal, progress is plain lines at intervals, and the last") {
  const auto written = written_by(false, [] {
    Progress progress(3600);
    for (int step = 1; step <= 1000; ++step)
      if (progress.due()) progress.update("step " + std::to_string(step));
    progress.finish("done");
  });
  CHECK(written == "step 1\ndone\n");
}

TEST_CASE("On a terminal, progress is one live line that messages do not garble") {
  const auto bytes = written_by(true, [] {
    Progress progress;
    progress.update("step 1");
    log_info("a message");
    usleep(120'000);
    progress.update("step 2, and much more than fits into the 40 columns of this terminal");
    log_warning("another");
  });
  // The last drawing stands until the progress goes out of scope, which leaves nothing of it.
  CHECK(screen_after(bytes) == std::vector<std::string>{"a message", "warning: another", ""});
  for (const auto& line : screen_after(bytes.substr(0, bytes.rfind("\r\x1b[K")))) CHECK(display_width(line) < 40);
  CHECK(screen_after(bytes.substr(0, bytes.rfind("\r\x1b[K"))).back() == "step 2, and much more than fits into...");
}

TEST_CASE("A progress that ends well leaves its last line") {
  const auto bytes = written_by(true, [] {
    Progress progress;
    progress.update("step 1 of 2, still a long line");
    progress.finish("2 steps");
    log_info("next");
  });
  CHECK(screen_after(bytes) == std::vector<std::string>{"2 steps", "next", ""});
}

TEST_CASE("A log file has every message that came while it was open, with the time") {
  testing::TemporaryDirectory temporary;
  const auto file = temporary.path() / "log.txt";
  written_by(true, [&] {
    log_info("before");
    {
      const LogFile log(file);
      log_warning("within");
      Progress progress(3600);
      progress.update("step 1");
      progress.finish("done");
    }
    log_info("after");
  });
  const auto content = read_file(file);
  CHECK(std::regex_match(content, std::regex("(....-..-.. ..:..:..) warning: within\n(.{19}) step 1\n(.{19}) done\n")));
  CHECK_THROWS_WITH(LogFile(temporary.path()), Catch::Contains(temporary.path().string()) && Catch::Contains("Is a directory"));
}

}  // namespace etude
