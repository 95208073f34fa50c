// A forked child that does something and ends, or is killed.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <functional>

namespace etude::testing {

/// Runs `work` in a child process. Returns its exit code, or minus the signal that ended it.
inline int in_child(const std::function<int()>& work) {
  const pid_t child = fork();
  if (child == 0) {
    int code = 99;
    try {
      code = work();
    } catch (...) {
    }
    _exit(code);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace etude::testing
