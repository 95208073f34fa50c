#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <base/files.hpp>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <utility>

namespace etude {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view partial_suffix = ".partial";

/// ".run.h5.1234-0.partial": unlike any other writer's, so that two of them never share a half-written file.
fs::path partial_path(const fs::path& file) {
  static std::atomic<unsigned> count = 0;
  const std::string name = text(".", file.filename().string(), ".", getpid(), "-", count++, partial_suffix);
  return file.parent_path() / name;
}

/// Removes its file unless it was renamed.
struct PartialFile {
  fs::path path;
  ~PartialFile() {
    std::error_code ignored;
    if (!path.empty()) fs::remove(path, ignored);
  }
  void rename_to(const fs::path& file) {
    if (std::rename(path.c_str(), file.c_str()) != 0) throw file_error("cannot write", file, errno);
    path.clear();
    sync_directory(file.parent_path());
  }
};

/// The process that wrote a partial file, or 0 if the name is not of that form.
pid_t writer_of(const std::string& name) {
  if (!name.ends_with(partial_suffix) || name.front() != '.') return 0;
  const auto stem = std::string_view(name).substr(0, name.size() - partial_suffix.size());
  const auto dot = stem.rfind('.');
  pid_t pid = 0;
  const auto result = std::from_chars(stem.data() + dot + 1, stem.data() + stem.size(), pid);
  return result.ec == std::errc() && result.ptr != stem.data() + stem.size() && *result.ptr == '-' ? pid : 0;
}

}  // namespace

Error file_error(const std::string& what, const fs::path& file, int code) {
  std::string remedy;
  if (code == ENOSPC || code == EDQUOT) remedy = "free some space and start again; what was written before is whole";
  if (code == EFBIG) remedy = "the process may not write files that large (see: ulimit -f); what was written before is whole";
  if (code == EROFS || code == EACCES) remedy = "its folder or it is closed to you: choose another place, or open it with chmod";
  return Error(text(what, " ", file.string(), ": ", std::strerror(code)), remedy);
}

FileDescriptor::~FileDescriptor() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

FileDescriptor::FileDescriptor(FileDescriptor&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileDescriptor& FileDescriptor::operator=(FileDescriptor&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

void FileDescriptor::write(std::string_view bytes, const fs::path& file) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw file_error("cannot write", file, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void FileDescriptor::sync_and_close(const fs::path& file) {
  if (::fsync(descriptor_) != 0) throw file_error("cannot write", file, errno);
  if (::close(std::exchange(descriptor_, -1)) != 0) throw file_error("cannot write", file, errno);
}

std::string read_file(const fs::path& file) {
  const FileDescriptor in(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (in.get() < 0) throw file_error("cannot read", file, errno);
  std::string content;
  std::size_t size = 0;
  for (;;) {
    content.resize(std::max<std::size_t>(content.size() * 2, 64 * 1024));
    while (size < content.size()) {
      const ssize_t count = ::read(in.get(), content.data() + size, content.size() - size);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) throw file_error("cannot read", file, errno);
      if (count == 0) {
        content.resize(size);
        return content;
      }
      size += static_cast<std::size_t>(count);
    }
  }
}

void write_file(const fs::path& file, std::string_view content) {
  PartialFile partial{partial_path(file)};
  FileDescriptor out(::open(partial.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (out.get() < 0) throw file_error("cannot write", file, errno);
  out.write(content, file);
  out.sync_and_close(file);
  partial.rename_to(file);
}

void replace_file(const fs::path& file, const std::function<void(const fs::path&)>& write) {
  PartialFile partial{partial_path(file)};
  write(partial.path);
  FileDescriptor written(::open(partial.path.c_str(), O_RDWR | O_CLOEXEC));
  if (written.get() < 0) throw file_error("cannot write", file, errno);
  written.sync_and_close(file);
  partial.rename_to(file);
}

void remove_partial_files(const fs::path& directory) {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(directory, ignored)) {
    const pid_t pid = writer_of(entry.path().filename().string());
    if (pid > 0 && ::kill(pid, 0) != 0 && errno == ESRCH) fs::remove(entry.path(), ignored);
  }
}

void sync_directory(const fs::path& directory) {
  const fs::path path = directory.empty() ? "." : directory;
  const FileDescriptor opened(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Some network file systems don't know fsync for directories; there is nothing better to do on them.
  if (opened.get() < 0 || (::fsync(opened.get()) != 0 && errno != EINVAL)) throw file_error("cannot sync", path, errno);
}

}  // namespace etude
