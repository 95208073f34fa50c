#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <etude/error.hpp>
#include <etude/process.hpp>
#include <sstream>

extern char** environ;

namespace etude {
namespace {

using Clock = std::chrono::steady_clock;

struct SpawnSettings {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  SpawnSettings(const std::filesystem::path& directory, int output, int file) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
    if (file >= 0) posix_spawn_file_actions_adddup2(&actions, file, 3);
    posix_spawnattr_init(&attributes);
    sigset_t all, none;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
};

struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw Error(text("cannot make a pipe: ", std::strerror(errno)));
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close(read_end);
    close_write_end();
  }
  void close_write_end() {
    if (write_end >= 0) close(write_end);
    write_end = -1;
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
};

void set_limit(pid_t process, __rlimit_resource resource, std::uint64_t value) {
  const rlimit limit{value, value};
  prlimit(process, resource, &limit, nullptr);
}

// Set from outside once the child runs: it has done next to nothing by then, and posix_spawn cannot set limits before.
void set_limits(pid_t process, const ProcessLimits& limits) {
  set_limit(process, RLIMIT_CORE, 0);
  if (limits.memory_bytes > 0) set_limit(process, RLIMIT_AS, limits.memory_bytes);
  // A child that outlives this program (killed, say) ends by itself.
  set_limit(process, RLIMIT_CPU, static_cast<std::uint64_t>(limits.seconds) + 2);
  if (limits.file_bytes > 0) set_limit(process, RLIMIT_FSIZE, limits.file_bytes);
}

/// A program under way: what it says, and when it ends.
class Child {
 public:
  /// @param most_said  bytes of what it says that are kept, the last ones
  Child(pid_t process, int output, std::size_t most_said)
      : process_(process), output_(output), end_(static_cast<int>(syscall(SYS_pidfd_open, process, 0))), most_said_(most_said) {}
  ~Child() {
    if (end_ >= 0) close(end_);
  }
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Waits until it says something, or ends, or for about `longest`.
  void wait(std::chrono::milliseconds longest) {
    // poll() passes over negative descriptors. Before Linux 5.3 nothing tells the end of a program that has closed its output:
    // then it is worth asking often.
    pollfd entries[] = {{open_ ? output_ : -1, POLLIN, 0}, {end_, POLLIN, 0}};
    const auto blind = std::chrono::milliseconds(1);
    poll(entries, 2, static_cast<int>((open_ || end_ >= 0 ? longest : blind).count()));
    if (entries[0].revents != 0) read_some();
  }

  /// Whether it has ended. It stays a zombie, so that neither its number nor its group's can become another's.
  bool ended() const {
    siginfo_t info{};
    return waitid(P_PID, static_cast<id_t>(process_), &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == process_;
  }

  /// Kills it with all its children, if they are still there. @return its status, as waitpid() gives it
  int finish() {
    kill(-process_, SIGKILL);
    int status = 0;
    while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
  }

  /// What it said last may still be in the pipe. After finish(); a child of it that escaped its group may talk on for ever.
  std::string last_words() {
    pollfd rest{output_, POLLIN, 0};
    for (int pieces = 0; open_ && pieces < most_pieces && poll(&rest, 1, 0) > 0; ++pieces) read_some();
    return std::move(said_);
  }

 private:
  static constexpr int most_pieces = 64;

  void read_some() {
    char piece[4096];
    const ssize_t count = read(output_, piece, sizeof piece);
    open_ = count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
    if (count <= 0) return;
    said_.append(piece, static_cast<std::size_t>(count));
    if (said_.size() > most_said_) said_.erase(0, said_.size() - most_said_);
  }

  pid_t process_;
  int output_;
  int end_;  ///< readable once it has ended; -1 where the kernel has no such thing
  std::size_t most_said_;
  bool open_ = true;
  std::string said_;
};

}  // namespace

std::string ProcessResult::last_line() const {
  std::istringstream lines(output);
  std::string last;
  for (std::string line; std::getline(lines, line);)
    if (line.find_first_not_of(" \t\r") != std::string::npos) last = line;
  return last;
}

bool is_program(const std::filesystem::path& file) {
  std::error_code error;
  return std::filesystem::is_regular_file(file, error) && access(file.c_str(), X_OK) == 0;
}

std::filesystem::path find_program(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');)
    if (const auto file = std::filesystem::path(folder) / name; !folder.empty() && is_program(file))
      return std::filesystem::absolute(file);
  return {};
}

ProcessResult run_process(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                          const std::filesystem::path& directory, const ProcessLimits& limits, const std::stop_token& stop,
                          int file) {
  Pipe pipe;
  std::vector<char*> argv;
  const std::string name = program.string();
  argv.push_back(const_cast<char*>(name.c_str()));
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  pid_t process = 0;
  {
    const SpawnSettings settings(directory, pipe.write_end, file);
    const int error = posix_spawn(&process, name.c_str(), &settings.actions, &settings.attributes, argv.data(), environ);
    if (error != 0) throw Error(text("cannot start ", name, ": ", std::strerror(error)));
  }
  pipe.close_write_end();
  set_limits(process, limits);

  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limits.seconds));
  Child child(process, pipe.read_end, limits.output_bytes);
  ProcessResult result;
  for (;;) {
    child.wait(std::chrono::milliseconds(50));
    if (child.ended()) break;
    const bool late = Clock::now() >= deadline;
    if (!late && !stop.stop_requested()) continue;
    child.finish();
    result.end = late ? ProcessResult::End::timed_out : ProcessResult::End::stopped;
    result.output = child.last_words();
    return result;
  }
  const int status = child.finish();
  result.output = child.last_words();
  result.end = WIFEXITED(status) ? ProcessResult::End::exited : ProcessResult::End::signalled;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  return result;
}

}  // namespace etude
