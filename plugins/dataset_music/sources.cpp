#include "sources.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <etude/unicode.hpp>
#include <iterator>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "archive_reader.hpp"
#include "unpacked_archive.hpp"

namespace dataset_music {
namespace {

namespace fs = std::filesystem;
using etude::Error;
using etude::text;
using etude::usage_error;

std::string kinds(const std::vector<Format>& formats) {
  const bool abc = std::count(formats.begin(), formats.end(), Format::abc) > 0;
  const bool midi = std::count(formats.begin(), formats.end(), Format::midi) > 0;
  return abc && midi ? ".abc, .mid or .midi" : abc ? ".abc" : ".mid or .midi";
}

/// The last `count` components: tail("/a/b/c", 2) is "b/c".
fs::path tail(const fs::path& path, std::size_t count) {
  const std::vector<fs::path> parts(path.begin(), path.end());
  fs::path out;
  for (std::size_t i = parts.size() - std::min(count, parts.size()); i < parts.size(); ++i) out /= parts[i];
  // An archive is called as the folder that it is unpacked into.
  if (const auto stem = archive_stem(path)) out.replace_filename(*stem);
  return out;
}

/// What stands before the ids of each root: nothing where there is one, else as many of its last components as tell them apart.
std::vector<std::string> prefixes(const std::vector<fs::path>& roots) {
  if (roots.size() == 1) return {""};
  std::vector<std::string> labels;
  for (std::size_t count = 1; count < 64; ++count) {
    labels.clear();
    for (const auto& root : roots) labels.push_back(tail(root, count).string());
    if (std::set<std::string>(labels.begin(), labels.end()).size() == labels.size()) break;
  }
  return labels;
}

fs::path normal(const fs::path& path) {
  fs::path absolute = fs::absolute(path).lexically_normal();
  return absolute.filename().empty() ? absolute.parent_path() : absolute;
}

std::vector<SourceFile> list_folder(const fs::path& root, const std::string& prefix, const std::vector<Format>& formats,
                                    const etude::DatasetContext& context) {
  std::vector<SourceFile> found;
  std::vector<fs::path> no_files;
  std::error_code error;
  fs::recursive_directory_iterator entries(root, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const auto format = format_of(entries->path());
    if (!format || std::count(formats.begin(), formats.end(), *format) == 0) continue;
    const auto stamp = stamp_of(entries->path());
    if (!stamp) {
      std::error_code none;
      if (!entries->is_directory(none)) no_files.push_back(entries->path());
      continue;
    }
    const std::string name = entries->path().native().substr(root.native().size() + (root.has_filename() ? 1 : 0));
    found.push_back({as_id(prefix.empty() ? name : prefix + '/' + name), entries->path(), *format, *stamp});
  }
  if (error) throw Error(text("cannot list ", root.string(), ": ", error.message()), "check the permissions of its folders");
  if (!no_files.empty() && context.warn)
    context.warn(text(std::min_element(no_files.begin(), no_files.end())->string(),
                      no_files.size() > 1 ? text(" and ", no_files.size() - 1, " more are") : " is",
                      " left out: no file, nor a link to one that is there"));
  std::sort(found.begin(), found.end(), [](const SourceFile& a, const SourceFile& b) { return a.id < b.id; });
  return found;
}

std::vector<SourceFile> list_archive(const fs::path& root, const std::string& prefix, const std::vector<Format>& formats,
                                     const etude::DatasetContext& context) {
  auto found = open_archive(root, context);
  std::erase_if(found, [&](const SourceFile& file) { return std::count(formats.begin(), formats.end(), file.format) == 0; });
  if (!prefix.empty())
    for (auto& file : found) file.id = as_id(prefix) + '/' + file.id;
  return found;
}

std::vector<SourceFile> list_root(const fs::path& root, const std::string& prefix, const std::vector<Format>& formats,
                                  const etude::DatasetContext& context) {
  std::error_code error;
  const auto status = fs::status(root, error);
  if (status.type() == fs::file_type::not_found)
    throw usage_error(text("no such file or folder: ", root.string()),
                      "dataset.path names it; correct it there or give another with --set dataset.path=FOLDER");
  if (error) throw Error(text("cannot read ", root.string(), ": ", error.message()));
  const bool folder = fs::is_directory(status);
  if (folder || archive_stem(root)) {
    auto found = folder ? list_folder(root, prefix, formats, context) : list_archive(root, prefix, formats, context);
    if (found.empty())
      throw usage_error(text("no ", kinds(formats), " file in ", root.string()),
                        "dataset.path must name files, or folders or archives that hold some");
    return found;
  }
  const auto format = format_of(root);
  if (!format || std::count(formats.begin(), formats.end(), *format) == 0)
    throw usage_error(text(root.string(), " is not a ", kinds(formats), " file"),
                      "dataset.path must name such files, or folders or archives (.tar, .tar.gz, .tgz, .tar.xz, .txz, .zip) that "
                      "hold some");
  const auto stamp = stamp_of(root);
  if (!stamp)
    throw usage_error(text(root.string(), " is neither a file nor a folder"),
                      "dataset.path must name files, folders or archives");
  return {{as_id(prefix.empty() ? root.filename().string() : prefix), root, *format, *stamp}};
}

/// One root may lie in another, or be named twice; an archive and the folder made from it may share their name.
void require_distinct(const std::vector<SourceFile>& sources) {
  std::unordered_set<std::string_view> paths;
  std::unordered_map<std::string_view, const SourceFile*> ids;
  for (const auto& source : sources) {
    if (!paths.insert(source.path.native()).second)
      throw usage_error(text(source.path.string(), " comes twice in dataset.path"),
                        "name each file or folder once, and none inside another");
    const auto [before, first] = ids.emplace(source.id, &source);
    if (!first)
      throw usage_error(text("two sources would both be called ", source.id, ": ", before->second->path.string(), " and ",
                             source.path.string()),
                        "give one of them another name, or leave it out of dataset.path");
  }
}

}  // namespace

std::optional<Format> format_of(const fs::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  if (extension == ".abc") return Format::abc;
  if (extension == ".mid" || extension == ".midi") return Format::midi;
  return std::nullopt;
}

std::string as_id(const std::string& name) {
  std::string id;
  etude::for_each_code_point(name, [&](const etude::CodePoint& point, std::size_t position) {
    if (point.valid && point.value >= 0x20 && point.value != 0x7F && point.value != '%') {
      id.append(name, position, static_cast<std::size_t>(point.bytes));
    } else {
      constexpr char digits[] = "0123456789ABCDEF";
      id += {'%', digits[point.value >> 4 & 15], digits[point.value & 15]};
    }
  });
  return id;
}

std::optional<FileStamp> stamp_of(const fs::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return std::nullopt;
  if (!S_ISREG(status.st_mode)) {
    errno = ENOENT;
    return std::nullopt;
  }
  const auto nanoseconds = [](const timespec& time) { return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec; };
  return FileStamp{static_cast<std::uint64_t>(status.st_size), nanoseconds(status.st_mtim), nanoseconds(status.st_ctim),
                   status.st_ino};
}

std::vector<SourceFile> list_sources(const etude::Paths& paths, const std::vector<Format>& formats,
                                     const etude::DatasetContext& context) {
  if (paths.empty()) throw usage_error("dataset.path is empty", "name at least one file or folder");
  std::vector<fs::path> roots;
  for (const auto& path : paths) {
    if (path.empty()) throw usage_error("dataset.path holds an empty name", "name files, folders or archives");
    roots.push_back(normal(path));
  }
  const auto labels = prefixes(roots);
  std::vector<SourceFile> sources;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    auto found = list_root(roots[i], labels[i], formats, context);
    std::move(found.begin(), found.end(), std::back_inserter(sources));
  }
  if (roots.size() > 1) require_distinct(sources);
  return sources;
}

void require_unchanged(const SourceFile& source) {
  const auto now = stamp_of(source.path);
  if (!now)
    throw Error(text(source.path.string(), " vanished while the corpus was being read: ", std::strerror(errno)),
                "start again once its folder is at rest");
  if (now->size != source.stamp.size || now->modified != source.stamp.modified)
    throw Error(text(source.path.string(), " changed while the corpus was being read"), "start again once its folder is at rest");
}

}  // namespace dataset_music
