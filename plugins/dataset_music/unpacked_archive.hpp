// The music files of an archive, unpacked once.
#pragma once

#include <etude/dataset.hpp>
#include <vector>

#include "sources.hpp"

namespace dataset_music {

/// The ABC and MIDI files of an archive, sorted by id, which is their name inside it: as a folder lists them into which it was
/// unpacked. They lie under `context.cache_directory` as numbers, never under names that an archive gives, in a folder for the
/// archive's content; that is there as a whole or not at all. What changed there since is unpacked again.
/// Hard links inside the archive are files, and so are symbolic links to files inside it; other links and what is neither are
/// left out, and so are names that lead out of it. The last of several entries with one name counts.
/// @throws Error if the archive is damaged, encrypted or a bomb (see ArchiveReader), or if the disk is full
std::vector<SourceFile> open_archive(const std::filesystem::path& archive, const etude::DatasetContext& context);

}  // namespace dataset_music
