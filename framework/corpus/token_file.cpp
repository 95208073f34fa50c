#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <base/files.hpp>
#include <bit>
#include <cerrno>
#include <corpus/corpus.hpp>
#include <cstring>

namespace etude {

static_assert(std::endian::native == std::endian::little, "token files are little-endian, and are read as they lie");

TokenFile TokenFile::open(const std::filesystem::path& file, std::int64_t count, int bytes_per_token) {
  if (bytes_per_token != 2 && bytes_per_token != 4)
    throw Error(text(file.string(), ": tokens have ", bytes_per_token, " bytes, not 2 or 4"));
  const FileDescriptor descriptor(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status {};
  if (descriptor.get() < 0 || fstat(descriptor.get(), &status) != 0) throw file_error("cannot read", file, errno);
  if (count < 0 || status.st_size != count * bytes_per_token)
    throw Error(text(file.string(), " has ", status.st_size, " bytes in place of ", count * bytes_per_token),
                "remove the folder it lies in; the next run packs it again");
  TokenFile tokens;
  tokens.count_ = count;
  tokens.bytes_per_token_ = bytes_per_token;
  if (count == 0) return tokens;  // nothing cannot be mapped
  const auto size = static_cast<std::size_t>(status.st_size);
  void* address = mmap(nullptr, size, PROT_READ, MAP_SHARED, descriptor.get(), 0);
  if (address == MAP_FAILED) throw file_error("cannot map", file, errno);
  tokens.mapping_ = std::shared_ptr<const void>(address, [size](const void* mapped) { munmap(const_cast<void*>(mapped), size); });
  return tokens;
}

void TokenFile::copy(std::int64_t begin, std::span<std::int64_t> out) const {
  const auto count = static_cast<std::int64_t>(out.size());
  if (begin < 0 || begin > count_ || count > count_ - begin)
    throw Error(text("tokens ", begin, " to ", begin + count, " were asked for, of a split that has ", count_));
  if (bytes_per_token_ == 2) {
    const auto* tokens = static_cast<const std::uint16_t*>(mapping_.get()) + begin;
    std::copy_n(tokens, count, out.begin());
  } else {
    const auto* tokens = static_cast<const std::uint32_t*>(mapping_.get()) + begin;
    std::copy_n(tokens, count, out.begin());
  }
}

}  // namespace etude
