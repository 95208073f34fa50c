#include "sources.hpp"

#include <algorithm>
#include <etude/unicode.hpp>
#include <map>
#include <optional>
#include <set>

namespace dataset_music {
namespace {

namespace fs = std::filesystem;
using etude::Error;
using etude::text;
using etude::usage_error;

std::optional<Format> format_of(const fs::path& file) {
  std::string extension = file.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(), [](unsigned char c) { return std::tolower(c); });
  if (extension == ".abc") return Format::abc;
  if (extension == ".mid" || extension == ".midi") return Format::midi;
  return std::nullopt;
}

std::string kinds(const std::vector<Format>& formats) {
  const bool abc = std::count(formats.begin(), formats.end(), Format::abc) > 0;
  const bool midi = std::count(formats.begin(), formats.end(), Format::midi) > 0;
  return abc && midi ? ".abc, .mid or .midi" : abc ? ".abc" : ".mid or .midi";
}

/// A file's name may be any bytes; ids are text on one line. What is neither becomes %XX, and so does '%'.
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

/// The last `count` components: tail("/a/b/c", 2) is "b/c".
fs::path tail(const fs::path& path, std::size_t count) {
  const std::vector<fs::path> parts(path.begin(), path.end());
  fs::path out;
  for (std::size_t i = parts.size() - std::min(count, parts.size()); i < parts.size(); ++i) out /= parts[i];
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

SourceFile describe(const fs::path& path, const std::string& name, Format format) {
  SourceFile source{as_id(name), path, format, 0, {}};
  std::error_code error;
  source.size = fs::file_size(path, error);
  source.modified = fs::last_write_time(path, error);
  return source;
}

std::vector<SourceFile> list_folder(const fs::path& root, const std::string& prefix, const std::vector<Format>& formats) {
  std::vector<SourceFile> found;
  std::error_code error;
  fs::recursive_directory_iterator entries(root, error);
  for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
    const auto format = format_of(entries->path());
    std::error_code ignored;  // a dangling link is no file
    if (!format || std::count(formats.begin(), formats.end(), *format) == 0 || !entries->is_regular_file(ignored)) continue;
    const fs::path relative = entries->path().lexically_relative(root);
    found.push_back(describe(entries->path(), (prefix.empty() ? relative : prefix / relative).generic_string(), *format));
  }
  if (error) throw Error(text("cannot list ", root.string(), ": ", error.message()), "check the permissions of its folders");
  std::sort(found.begin(), found.end(), [](const SourceFile& a, const SourceFile& b) { return a.id < b.id; });
  if (found.empty())
    throw usage_error(text("no ", kinds(formats), " file in ", root.string()),
                      "dataset.path must name files or folders that hold some");
  return found;
}

std::vector<SourceFile> list_root(const fs::path& root, const std::string& prefix, const std::vector<Format>& formats) {
  std::error_code error;
  const auto status = fs::status(root, error);
  if (status.type() == fs::file_type::not_found)
    throw usage_error(text("no such file or folder: ", root.string()),
                      "dataset.path names it; correct it there or give another with --set dataset.path=FOLDER");
  if (error) throw Error(text("cannot read ", root.string(), ": ", error.message()));
  if (fs::is_directory(status)) return list_folder(root, prefix, formats);
  const auto format = format_of(root);
  if (!format || std::count(formats.begin(), formats.end(), *format) == 0)
    throw usage_error(text(root.string(), " is not a ", kinds(formats), " file"),
                      "dataset.path must name such files, or folders that hold some");
  return {describe(root, prefix.empty() ? root.filename().string() : prefix, *format)};
}

}  // namespace

std::vector<SourceFile> list_sources(const etude::Paths& paths, const std::vector<Format>& formats) {
  if (paths.empty()) throw usage_error("dataset.path is empty", "name at least one file or folder");
  std::vector<fs::path> roots;
  for (const auto& path : paths) roots.push_back(normal(path));
  const auto labels = prefixes(roots);
  std::vector<SourceFile> sources;
  std::map<std::string, fs::path> seen;
  for (std::size_t i = 0; i < roots.size(); ++i) {
    for (auto& source : list_root(roots[i], labels[i], formats)) {
      if (!seen.emplace(normal(source.path).string(), roots[i]).second)
        throw usage_error(text(source.path.string(), " comes twice in dataset.path"),
                          "name each file or folder once, and none inside another");
      sources.push_back(std::move(source));
    }
  }
  return sources;
}

void require_unchanged(const SourceFile& source) {
  std::error_code error;
  const auto size = fs::file_size(source.path, error);
  const auto modified = error ? fs::file_time_type{} : fs::last_write_time(source.path, error);
  if (error)
    throw Error(text(source.path.string(), " vanished while the corpus was being read: ", error.message()),
                "start again once its folder is at rest");
  if (size != source.size || modified != source.modified)
    throw Error(text(source.path.string(), " changed while the corpus was being read"), "start again once its folder is at rest");
}

}  // namespace dataset_music
