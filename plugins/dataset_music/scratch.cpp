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

/// Whether the process that made `folder` is gone. One that is making it just now has no lock there yet: young ones stay.
bool abandoned(const fs::path& folder) {
  const int lock = open((folder / lock_name).c_str(), O_RDWR | O_CLOEXEC);
  if (lock < 0) {
    struct stat status {};
    return errno == ENOENT && stat(folder.c_str(), &status) == 0 && std::time(nullptr) - status.st_mtime > 60;
  }
  const bool free = flock(lock, LOCK_EX | LOCK_NB) == 0;
  close(lock);
  return free;
}

}  // namespace

Scratch::Scratch(const fs::path& parent) {
  std::string pattern = (parent / (std::string(name_begin) + "XXXXXX")).string();
  if (!mkdtemp(pattern.data())) throw cannot_write(parent, errno);
  folder_ = pattern;
  lock_ = open((folder_ / lock_name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (lock_ >= 0 && flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  const int reason = errno;
  if (lock_ >= 0) close(lock_);
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  throw cannot_write(folder_ / lock_name, reason);
}

Scratch::~Scratch() {
  std::error_code ignored;
  fs::remove_all(folder_, ignored);
  close(lock_);
}

void Scratch::remove_abandoned(const fs::path& parent) {
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(parent, error)) {
    std::error_code ignored;
    if (entry.path().filename().string().starts_with(name_begin) && abandoned(entry.path()))
      fs::remove_all(entry.path(), ignored);
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
