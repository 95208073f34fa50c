#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <corpus/mapped_file.hpp>

namespace etude {

static_assert(std::endian::native == std::endian::little, "records are little-endian, and are read as they lie");

Mapping map_file(const std::filesystem::path& file) {
  const FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (descriptor.get() < 0 || fstat(descriptor.get(), &status) != 0) throw file_error("cannot read", file, errno);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (bytes == 0) return {};  // nothing cannot be mapped
  void* address = mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor.get(), 0);
  if (address == MAP_FAILED) throw file_error("cannot map", file, errno);
  const auto unmap = [bytes](const void* mapped) { munmap(const_cast<void*>(mapped), bytes); };
  return {std::shared_ptr<const void>(address, unmap), bytes};
}

RandomAccessFile::RandomAccessFile(std::filesystem::path file)
    : file_(std::move(file)), descriptor_(::open(file_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (descriptor_.get() < 0) throw file_error("cannot read", file_, errno);
}

void RandomAccessFile::read(std::int64_t begin, std::span<char> out) const {
  while (!out.empty()) {
    const ssize_t count = ::pread(descriptor_.get(), out.data(), out.size(), begin);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) throw file_error("cannot read", file_, errno);
    if (count == 0) throw Error(text(file_.string(), " is shorter than its index says"), "start again: it is made anew");
    out = out.subspan(static_cast<std::size_t>(count));
    begin += count;
  }
}

}  // namespace etude
