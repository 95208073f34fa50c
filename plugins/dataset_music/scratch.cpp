#include "scratch.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <ctime>
#include <etude/error.hpp>
#include <system_error>

namespace dataset_music {
namespace {

namespace fs = std::filesystem;
using etude::Error;
using etude::text;

constexpr const char* name_begin = "work.";
constexpr const char* lock_name = "lock";

Error cannot_write(const fs::path& file, int reason) {
  return Error(text("cannot write ", file.string(), ": ", std::strerror(reason)),
               reason == ENOSPC || reason == EDQUOT ? "the disk is full: make room, then start again; what was done is kept"
                                                    : "check the folder's permissions and its disk");
}

/// Removes `folder` if the process that made it is gone: nobody else holds its lock. One that is making it just now has no lock
/// there yet: young ones stay. The lock is held to the end, so that who has made the folder and wants its lock only now can see
/// that it is lost.
void remove_if_abandoned(const fs::path& folder) {
  std::error_code ignored;
  const int lock = open((folder / lock_name).c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) {
    struct stat status {};
    if (errno == ENOENT && stat(folder.c_str(), &status) == 0 && std::time(nullptr) - status.st_mtime > 60)
      fs::remove_all(folder, ignored);
    return;
  }
  if (flock(lock, LOCK_EX | LOCK_NB) == 0) fs::remove_all(folder, ignored);
  close(lock);
}

/// Whether the lock that was just made is this process' own: another may have found it free, and removed the folder.
bool take(int lock) {
  struct stat status {};
  while (flock(lock, LOCK_EX) != 0)
    if (errno != EINTR) return false;
  return fstat(lock, &status) == 0 && status.st_nlink > 0;
}

}  // namespace

Scratch::Scratch(const fs::path& parent) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    std::string pattern = (parent / (std::string(name_begin) + "XXXXXX")).string();
    if (!mkdtemp(pattern.data())) throw cannot_write(parent, errno);
    folder_ = pattern;
    lock_ = open((folder_ / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock_ >= 0 && take(lock_)) return;
    const int reason = errno;
    if (lock_ >= 0) close(lock_);
    std::error_code ignored;
    fs::remove_all(folder_, ignored);
    if (lock_ < 0) throw cannot_write(folder_ / lock_name, reason);
  }
  throw Error(text("cannot lock a folder in ", parent.string()), "is it on a disk that knows locks (flock)?");
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  close(lock_);
}

void Scratch::remove_abandoned(const fs::path& parent) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent, error)) {
    if (entry.path().filename().string().starts_with(name_begin)) remove_if_abandoned(entry.path());
  }
}

void write_file(const fs::path& file, std::string_view content) {
  // Cut to length at the end, not emptied at first: file systems write an emptied file out at once when it is closed.
  const int out = open(file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
  if (out < 0) throw cannot_write(file, errno);
  const auto size = static_cast<off_t>(content.size());
  int reason = 0;
  while (!content.empty() && reason == 0) {
    const ssize_t written = write(out, content.data(), content.size());
    if (written >= 0) content.remove_prefix(static_cast<std::size_t>(written));
    if (written < 0 && errno != EINTR) reason = errno;
  }
  if (reason == 0 && ftruncate(out, size) != 0) reason = errno;
  if (close(out) != 0 && reason == 0) reason = errno;
  if (reason != 0) throw cannot_write(file, reason);
}

void replace_file(const fs::path& file, const fs::path& beside, std::string_view content) {
  write_file(beside, content);
  std::error_code error;
  fs::rename(beside, file, error);
  if (error == std::errc::no_such_file_or_directory) {
    fs::create_directories(file.parent_path(), error);
    fs::rename(beside, file, error);
  }
  if (error) throw cannot_write(file, error.value());
}

}  // namespace dataset_music
