// The files that a dataset is made of.
#pragma once

#include <cstdint>
#include <etude/dataset.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace dataset_music {

enum class Format { abc, midi };

/// By its extension, in any case; nothing for other files.
std::optional<Format> format_of(const std::filesystem::path& file);

/// A file's name may be any bytes; ids are text on one line. What is neither becomes %XX, and so does '%'.
std::string as_id(const std::string& name);

/// What a file was like: where this is equal, so is its content, but for those who set clocks and file times by hand.
struct FileStamp {
  std::uint64_t size = 0;
  std::int64_t modified = 0, changed = 0;  ///< nanoseconds since 1970: content; content, name, owner or permissions
  std::uint64_t inode = 0;
  bool operator==(const FileStamp&) const = default;
};

/// Of a regular file, or of what a link names. Else nothing, and errno says why (ENOENT: it is something else).
std::optional<FileStamp> stamp_of(const std::filesystem::path& file);

/// A source file, and what it was like when it was listed.
struct SourceFile {
  std::string id;  ///< relative to the folder that was asked for, behind that folder's name where there are several; UTF-8
  std::filesystem::path path;
  Format format = Format::abc;
  FileStamp stamp{};
  std::string digest{};  ///< SHA-256 of its content, once known
};

/// Every file of `formats` that `paths` name or hold, folders searched recursively, archives unpacked into the cache, sorted by
/// id within each path. Links to files are followed, links to folders are not.
/// @throws Error (usage) if a path does not exist, a folder holds no such file, a file comes twice, or two have the same id
std::vector<SourceFile> list_sources(const etude::Paths& paths, const std::vector<Format>& formats,
                                     const etude::DatasetContext& context);

/// @throws Error if the file is gone or no longer what was listed
void require_unchanged(const SourceFile& source);

}  // namespace dataset_music
