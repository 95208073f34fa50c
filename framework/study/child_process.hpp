// Another process of this program, for one run of a study.
#pragma once

#include <sys/types.h>

#include <base/files.hpp>
#include <optional>
#include <string>
#include <vector>

namespace etude {

/// A child that reads nothing, and whose standard output and error come to us. Keys pressed on the terminal do not reach it,
/// since it has a process group of its own: terminate() does. It is told to end (SIGTERM) if this process ends without it,
/// however that comes.
class ChildProcess {
 public:
  /// Starts this same program.
  /// @param arguments  without the program's name
  /// @throws Error if it cannot be started
  explicit ChildProcess(const std::vector<std::string>& arguments);
  /// Ends it if it still goes.
  ~ChildProcess();
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&&) = delete;

  /// What can be polled for what it says.
  int output() const { return output_.get(); }
  /// What it said since the last call; does not wait.
  std::string said();
  /// Once it has ended: its exit status, or minus the signal that ended it. Does not wait.
  std::optional<int> ended();
  void terminate();

 private:
  pid_t process_ = -1;
  FileDescriptor output_;
};

}  // namespace etude
