#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <etude/error.hpp>
#include <etude/process.hpp>

extern char** environ;

namespace etude {
namespace {

using Clock = std::chrono::steady_clock;

struct SpawnSettings {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;

  SpawnSettings(const std::filesystem::path& directory, int output) {
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addchdir_np(&actions, directory.c_str());
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
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

void keep_tail(std::string& output) {
  constexpr std::size_t most = 4096;
  if (output.size() > most) output.erase(0, output.size() - most);
}

/// Reads what there is within `wait`; false at the end of the stream.
bool read_some(int descriptor, std::chrono::milliseconds wait, std::string& output) {
  pollfd poll_entry{descriptor, POLLIN, 0};
  if (poll(&poll_entry, 1, static_cast<int>(wait.count())) <= 0) return true;
  char piece[4096];
  const ssize_t count = read(descriptor, piece, sizeof piece);
  if (count > 0) output.append(piece, static_cast<std::size_t>(count));
  keep_tail(output);
  return count > 0 || (count < 0 && (errno == EINTR || errno == EAGAIN));
}

}  // namespace

ProcessResult run_process(const std::filesystem::path& program, const std::vector<std::string>& arguments,
                          const std::filesystem::path& directory, const ProcessLimits& limits, const std::stop_token& stop) {
  Pipe pipe;
  std::vector<char*> argv;
  const std::string name = program.string();
  argv.push_back(const_cast<char*>(name.c_str()));
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);

  pid_t process = 0;
  {
    const SpawnSettings settings(directory, pipe.write_end);
    const int error = posix_spawn(&process, name.c_str(), &settings.actions, &settings.attributes, argv.data(), environ);
    if (error != 0) throw Error(text("cannot start ", name, ": ", std::strerror(error)));
  }
  pipe.close_write_end();
  set_limits(process, limits);

  ProcessResult result;
  const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(limits.seconds));
  bool open = true;
  int status = 0;
  for (;;) {
    // The end of its output is nearly always the end of the program; only then is it worth asking often.
    if (open) {
      open = read_some(pipe.read_end, std::chrono::milliseconds(50), result.output);
    } else {
      usleep(500);
    }
    const pid_t ended = waitpid(process, &status, WNOHANG);
    if (ended == process) break;
    const bool late = Clock::now() >= deadline;
    if (!late && !stop.stop_requested()) continue;
    kill(-process, SIGKILL);
    waitpid(process, &status, 0);
    result.end = late ? ProcessResult::End::timed_out : ProcessResult::End::stopped;
    return result;
  }
  // What it said last may still be in the pipe. Its children, if it left any, are not waited for.
  pollfd rest{pipe.read_end, POLLIN, 0};
  while (open && poll(&rest, 1, 0) > 0) open = read_some(pipe.read_end, std::chrono::milliseconds(0), result.output);
  kill(-process, SIGKILL);

  result.end = WIFEXITED(status) ? ProcessResult::End::exited : ProcessResult::End::signalled;
  result.code = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
  return result;
}

}  // namespace etude
