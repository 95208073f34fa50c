#include "unpacked_archive.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <sstream>
#include <system_error>

#include "archive_reader.hpp"
#include "digest.hpp"
#include "digest_cache.hpp"
#include "scratch.hpp"

namespace dataset_music {
namespace {

namespace fs = std::filesystem;
using etude::Error;
using etude::text;

constexpr const char* index_name = "index";
constexpr std::string_view index_begin = "etude archive 1\n";
constexpr std::size_t digest_length = 64;

/// Where a file of the archive lies, relative to the folder of all.
std::string place(std::size_t number) { return text(number / 1000, '/', number); }

/// Unpacks an archive's music into an empty folder.
class Unpacking {
 public:
  Unpacking(const fs::path& archive, fs::path folder, const etude::DatasetContext& context)
      : archive_(archive), reader_(archive), folder_(std::move(folder)), context_(context) {}

  void run() {
    for (ArchiveEntry entry; reader_.next(entry);) {
      if (!format_of(entry.name)) continue;
      if (entry.kind == ArchiveEntry::Kind::file) take_file(entry.name);
      if (entry.kind == ArchiveEntry::Kind::hard_link) link(entry.name, entry.target);
      if (entry.kind == ArchiveEntry::Kind::symbolic_link) symbolic_links_[entry.name] = entry.target;
    }
    for (const auto& [name, target] : symbolic_links_)
      if (const auto file = follow(name)) link(name, *file);
    write_index();
    if (reader_.entries_left_out() > 0 && context_.warn)
      context_.warn(text(reader_.entries_left_out(), " entries of ", archive_.string(),
                         " are left out: their names lead out of the archive"));
  }

 private:
  struct Stored {
    std::size_t number = 0;
    std::string digest;
  };

  fs::path path_of(std::size_t number) const { return folder_ / place(number); }

  std::size_t new_number() {
    const std::size_t number = numbers_++;
    std::error_code ignored;  // writing into it tells
    if (number % 1000 == 0) fs::create_directory(path_of(number).parent_path(), ignored);
    return number;
  }

  void take_file(const std::string& name) {
    symbolic_links_.erase(name);
    const Stored stored{new_number(), write_content(path_of(numbers_ - 1))};
    files_.insert_or_assign(name, stored);
    if (!context_.progress) return;
    const auto done = static_cast<double>(files_.size());
    context_.progress(text("unpacking ", archive_.filename().string(), ", about"), static_cast<std::int64_t>(done),
                      static_cast<std::int64_t>(done / std::max(reader_.share_read(), 1e-6)));
  }

  std::string write_content(const fs::path& file) {
    std::ofstream out(file, std::ios::binary);
    Digest digest;
    for (auto piece = reader_.read(); !piece.empty(); piece = reader_.read()) {
      digest.add(piece);
      out.write(piece.data(), static_cast<std::streamsize>(piece.size()));
    }
    out.close();
    if (!out) cannot_write(file);
    return digest.hexadecimal();
  }

  [[noreturn]] void cannot_write(const fs::path& file) const {
    throw Error(text("cannot unpack ", archive_.string(), " into ", file.parent_path().string(), ": ", std::strerror(errno)),
                "it needs as much room there as its music takes unpacked");
  }

  void link(const std::string& name, const std::string& target) {
    const auto found = files_.find(target);
    if (found == files_.end() || name == target) return;
    const Stored stored{new_number(), found->second.digest};
    std::error_code error;
    fs::create_hard_link(path_of(found->second.number), path_of(stored.number), error);
    if (error && !fs::copy_file(path_of(found->second.number), path_of(stored.number), error))
      cannot_write(path_of(stored.number));
    files_.insert_or_assign(name, stored);
  }

  /// The file that a symbolic link ends at, inside the archive.
  std::optional<std::string> follow(std::string name) const {
    for (int steps = 0; steps < 40; ++steps) {
      const auto link = symbolic_links_.find(name);
      if (link == symbolic_links_.end()) return name;
      const fs::path target = link->second;
      if (target.is_absolute()) return std::nullopt;
      const auto inside = inside_name((fs::path(name).parent_path() / target).lexically_normal().generic_string());
      if (!inside) return std::nullopt;
      name = *inside;
    }
    return std::nullopt;
  }

  /// A line a file: digest, stamp, number, id. The stamps tell later what was changed or lost.
  void write_index() const {
    std::ostringstream out;
    out << index_begin;
    for (const auto& [name, stored] : files_) {
      const auto stamp = stamp_of(path_of(stored.number));
      if (!stamp) cannot_write(path_of(stored.number));
      out << stored.digest << '\t' << stamp->size << '\t' << stamp->modified << '\t' << stamp->changed << '\t' << stamp->inode
          << '\t' << stored.number << '\t' << as_id(name) << '\n';
    }
    const std::string lines = out.str();
    write_file(folder_ / index_name, lines + sha256(lines));
  }

  const fs::path& archive_;
  ArchiveReader reader_;
  fs::path folder_;
  const etude::DatasetContext& context_;
  std::size_t numbers_ = 0;
  std::map<std::string, Stored> files_;                ///< by name
  std::map<std::string, std::string> symbolic_links_;  ///< from name to target
};

/// The files of an unpacked archive; nothing if it is not there, or no longer what was unpacked.
std::optional<std::vector<SourceFile>> read_unpacked(const fs::path& folder) {
  std::string content;
  try {
    content = read_file(folder / index_name);
  } catch (const std::system_error&) {
    return std::nullopt;
  }
  const std::size_t checksum = std::max(content.size(), digest_length) - digest_length;
  if (!content.starts_with(index_begin) || sha256(std::string_view(content).substr(0, checksum)) != content.substr(checksum))
    return std::nullopt;
  std::istringstream lines(content.substr(index_begin.size(), checksum - index_begin.size()));
  std::vector<SourceFile> files;
  SourceFile file;
  std::size_t number = 0;
  while (lines >> file.digest >> file.stamp.size >> file.stamp.modified >> file.stamp.changed >> file.stamp.inode >> number) {
    lines.get();
    std::getline(lines, file.id);
    file.path = folder / place(number);
    file.format = *format_of(file.id);
    if (stamp_of(file.path) != file.stamp) return std::nullopt;
    files.push_back(file);
  }
  std::sort(files.begin(), files.end(), [](const SourceFile& a, const SourceFile& b) { return a.id < b.id; });
  return files;
}

std::string digest_of(const fs::path& archive, const fs::path& cache_directory) {
  std::vector<SourceFile> alone{{"archive", archive, Format::midi, stamp_of(archive).value_or(FileStamp{}), {}}};
  const DigestCache cache(cache_directory, {archive});
  cache.find(alone);
  if (!alone[0].digest.empty()) return alone[0].digest;
  try {
    alone[0].digest = sha256_of_file(archive);
  } catch (const std::system_error& error) {
    throw Error(text("cannot read ", archive.string(), ": ", error.code().message()));
  }
  cache.save(alone);
  return alone[0].digest;
}

}  // namespace

std::vector<SourceFile> open_archive(const fs::path& archive, const etude::DatasetContext& context) {
  const fs::path folder = context.cache_directory / ("archive-" + digest_of(archive, context.cache_directory).substr(0, 16));
  if (auto files = read_unpacked(folder)) return std::move(*files);
  Scratch::remove_abandoned(context.cache_directory);
  const Scratch scratch(context.cache_directory);
  const fs::path fresh = scratch.folder() / "fresh";
  std::error_code error;
  fs::create_directory(fresh, error);
  Unpacking(archive, fresh, context).run();
  // What is damaged makes room; where another process was faster, its files are as good.
  if (!read_unpacked(folder)) fs::rename(folder, scratch.folder() / "damaged", error);
  fs::rename(fresh, folder, error);
  auto files = read_unpacked(folder);
  if (!files)
    throw Error(text("cannot keep what ", archive.string(), " holds in ", folder.string(), ": ", error.message()),
                "check the disk and the folder's permissions");
  return std::move(*files);
}

}  // namespace dataset_music
