#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <study/child_process.hpp>
#include <utility>

namespace etude {
namespace {

/// Between fork and exec only what signal handlers may do is allowed: this process has threads.
[[noreturn]] void become(char* const* argv, int output, pid_t parent) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (::getppid() != parent) ::_exit(127);  // it ended before it could be watched
  const int nothing = ::open("/dev/null", O_RDONLY);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  ::execv("/proc/self/exe", argv);
  ::_exit(127);
}

}  // namespace

ChildProcess::ChildProcess(const std::vector<std::string>& arguments) {
  std::vector<char*> argv{const_cast<char*>("etude")};
  for (const auto& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) throw Error(text("cannot make a pipe: ", std::strerror(errno)));
  output_ = FileDescriptor(ends[0]);
  const FileDescriptor input(ends[1]);
  ::fcntl(ends[0], F_SETFL, O_NONBLOCK);
  const pid_t parent = ::getpid();
  process_ = ::fork();
  if (process_ < 0) throw Error(text("cannot start another process: ", std::strerror(errno)), "try fewer --jobs");
  if (process_ == 0) become(argv.data(), ends[1], parent);
}

ChildProcess::~ChildProcess() {
  if (process_ < 0) return;
  ::kill(process_, SIGKILL);
  ::waitpid(process_, nullptr, 0);
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : process_(std::exchange(other.process_, -1)), output_(std::move(other.output_)) {}

std::string ChildProcess::said() {
  std::string words;
  char piece[4096];
  for (ssize_t count = 0; (count = ::read(output_.get(), piece, sizeof piece)) > 0;)
    words.append(piece, static_cast<std::size_t>(count));
  return words;
}

std::optional<int> ChildProcess::ended() {
  int status = 0;
  if (process_ < 0 || ::waitpid(process_, &status, WNOHANG) != process_) return std::nullopt;
  process_ = -1;
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

void ChildProcess::terminate() {
  if (process_ > 0) ::kill(process_, SIGTERM);
}

}  // namespace etude
