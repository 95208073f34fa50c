#include "digest_cache.hpp"

#include <charconv>
#include <chrono>
#include <etude/error.hpp>
#include <optional>
#include <string_view>
#include <system_error>
#include <unordered_map>

#include "digest.hpp"
#include "scratch.hpp"

namespace dataset_music {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view first_line = "etude digests 1\n";
constexpr std::size_t digest_length = 64;

std::string file_name(const std::vector<fs::path>& roots) {
  Digest digest;
  for (const auto& root : roots) digest.add(root.native() + '\0');
  return "digests-" + digest.hexadecimal().substr(0, 16);
}

/// What follows a digest on its line: the stamp, then the id, which is one line itself.
std::string key_of(const SourceFile& source) {
  std::string key;
  const auto add = [&key](auto number) {
    char digits[24];
    key.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
    key += '\t';
  };
  add(source.stamp.size);
  add(source.stamp.modified);
  add(source.stamp.changed);
  add(source.stamp.inode);
  return key += source.id;
}

/// The content of a file of digests that is whole, without its first line and its checksum; else nothing.
std::optional<std::string> read_lines(const fs::path& file) {
  std::string content;
  try {
    content = read_file(file);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
  const std::size_t checksum = content.size() - digest_length;
  if (content.size() < first_line.size() + digest_length || !content.starts_with(first_line) ||
      sha256(std::string_view(content).substr(0, checksum)) != std::string_view(content).substr(checksum))
    return std::nullopt;
  content.resize(checksum);
  content.erase(0, first_line.size());
  return content;
}

std::int64_t nanoseconds_now() { return std::chrono::nanoseconds(std::chrono::system_clock::now().time_since_epoch()).count(); }

/// Whether a change that came after `read_from` may have left the stamp as it was: a file's time moves on with the kernel's
/// clock, which ticks every 10 ms at most.
bool may_change_unseen(const FileStamp& stamp, std::int64_t read_from) {
  constexpr std::int64_t moment = 50'000'000;
  return std::max(stamp.modified, stamp.changed) > read_from - moment;
}

}  // namespace

DigestCache::DigestCache(const fs::path& cache_directory, const std::vector<fs::path>& roots)
    : cache_directory_(cache_directory), file_(cache_directory / file_name(roots)), read_from_(nanoseconds_now()) {}

void DigestCache::find(std::vector<SourceFile>& sources) const {
  const auto lines = read_lines(file_);
  if (!lines) return;
  std::unordered_map<std::string_view, std::string_view> known;
  for (std::string_view rest = *lines; !rest.empty();) {
    const auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.size() > digest_length) known.emplace(line.substr(digest_length + 1), line.substr(0, digest_length));
  }
  for (auto& source : sources) {
    if (!source.digest.empty()) continue;
    if (const auto entry = known.find(key_of(source)); entry != known.end()) source.digest = entry->second;
  }
}

void DigestCache::save(const std::vector<SourceFile>& sources) const {
  std::string content(first_line);
  for (const auto& source : sources) {
    if (source.digest.empty() || may_change_unseen(source.stamp, read_from_)) continue;
    content += source.digest;
    content += '\t';
    content += key_of(source);
    content += '\n';
  }
  content += sha256(content);
  const Scratch scratch(cache_directory_);
  replace_file(file_, scratch.folder() / "digests", content);
}

}  // namespace dataset_music
