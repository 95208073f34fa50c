#include <fcntl.h>
#include <sys/file.h>

#include <base/files.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <cerrno>
#include <chrono>
#include <thread>

namespace etude {

DirectoryLock::DirectoryLock(const std::filesystem::path& directory) : file_(directory / ".lock") {
  // Closed on exec: a program that we start must not hold the lock for us.
  descriptor_ = FileDescriptor(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  if (descriptor_.get() < 0) throw file_error("cannot lock", file_, errno);
}

DirectoryLock::DirectoryLock(const std::filesystem::path& directory, const std::string& waiting) : DirectoryLock(directory) {
  if (acquire()) return;
  log_info(waiting);
  while (!acquire()) {
    if (interrupted()) throw Error(text("interrupted while waiting for ", file_.string()), {}, Fault::interrupted);
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  }
}

std::unique_ptr<DirectoryLock> DirectoryLock::try_lock(const std::filesystem::path& directory) {
  std::unique_ptr<DirectoryLock> lock(new DirectoryLock(directory));
  if (!lock->acquire()) lock.reset();
  return lock;
}

bool DirectoryLock::held(const std::filesystem::path& directory) {
  const FileDescriptor file(::open((directory / ".lock").c_str(), O_RDONLY | O_CLOEXEC));
  return file.get() >= 0 && ::flock(file.get(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

bool DirectoryLock::acquire() {
  if (::flock(descriptor_.get(), LOCK_EX | LOCK_NB) == 0) return true;
  if (errno != EWOULDBLOCK && errno != EINTR) throw file_error("cannot lock", file_, errno);
  return false;
}

}  // namespace etude
