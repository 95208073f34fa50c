#include <algorithm>
#include <corpus/corpus.hpp>
#include <corpus/mapped_file.hpp>

namespace etude {

TokenFile TokenFile::open(const std::filesystem::path& file, std::int64_t count, int bytes_per_token) {
  if (bytes_per_token != 2 && bytes_per_token != 4)
    throw Error(text(file.string(), ": tokens have ", bytes_per_token, " bytes, not 2 or 4"));
  Mapping mapping = map_file(file);
  if (count < 0 || mapping.bytes != static_cast<std::size_t>(count * bytes_per_token))
    throw Error(text(file.string(), " has ", mapping.bytes, " bytes in place of ", count * bytes_per_token),
                "remove the folder it lies in; the next run packs it again");
  TokenFile tokens;
  tokens.count_ = count;
  tokens.bytes_per_token_ = bytes_per_token;
  tokens.mapping_ = std::move(mapping.address);
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
