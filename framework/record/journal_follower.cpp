#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <record/events.hpp>
#include <record/journal.hpp>
#include <record/journal_follower.hpp>

namespace etude {
namespace {

/// What stands from `begin` on, as far as it is there now.
std::string read_from(const FileDescriptor& descriptor, off_t begin, const std::filesystem::path& file) {
  std::string content;
  char piece[1 << 16];
  for (;;) {
    const ssize_t got = ::pread(descriptor.get(), piece, sizeof piece, begin + static_cast<off_t>(content.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) throw file_error("cannot read", file, errno);
    if (got == 0) return content;
    content.append(piece, static_cast<std::size_t>(got));
  }
}

}  // namespace

bool JournalFollower::update() {
  // Asked first: a run that ends after this has written its last line before it is asked again.
  going_ = DirectoryLock::held(directory_);
  const auto file = directory_ / journal_name;
  const FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (descriptor.get() < 0) {
    if (errno != ENOENT) throw file_error("cannot read", file, errno);
    if (lines_ > 0 || data_.state != "") return false;
    data_ = read_run(directory_);
    return true;
  }
  struct stat status {};
  if (::fstat(descriptor.get(), &status) != 0) throw file_error("cannot read", file, errno);
  if (status.st_ino != file_ || status.st_size < bytes_) {
    data_ = {};
    bytes_ = 0;
    lines_ = 0;
    file_ = status.st_ino;
  }
  const std::string added = read_from(descriptor, bytes_, file);
  std::string_view rest = added;
  for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
    apply_event(rest.substr(0, end + 1), text(file.string(), ":", lines_ + 1), data_);
    rest.remove_prefix(end + 1);
    bytes_ += static_cast<off_t>(end) + 1;
    ++lines_;
  }
  return rest.size() < added.size();
}

}  // namespace etude
