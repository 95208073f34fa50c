// The files that a dataset is made of.
#pragma once

#include <etude/options.hpp>
#include <filesystem>
#include <string>
#include <vector>

namespace dataset_music {

enum class Format { abc, midi };

/// A source file, and what it was like when it was listed.
struct SourceFile {
  std::string id;  ///< relative to the folder that was asked for, behind that folder's name where there are several; UTF-8
  std::filesystem::path path;
  Format format = Format::abc;
  std::uintmax_t size = 0;
  std::filesystem::file_time_type modified;
};

/// Every file of `formats` (by extension, in any case) that `paths` name or hold, folders searched recursively, sorted by id
/// within each path. Links to files are followed, links to folders are not.
/// @throws Error (usage) if a path does not exist, a folder holds no such file, or a file comes twice
std::vector<SourceFile> list_sources(const etude::Paths& paths, const std::vector<Format>& formats);

/// @throws Error if the file is gone or no longer what was listed
void require_unchanged(const SourceFile& source);

}  // namespace dataset_music
